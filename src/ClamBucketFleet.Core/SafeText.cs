using System.Globalization;
using System.Text;

namespace ClamBucketFleet;

/// <summary>Hostile text (keys, tags, an engine's words) made fit for a log line, a terminal or an e-mail.</summary>
public static class SafeText
{
    /// <summary>
    /// Control characters, line and paragraph separators, bidirectional controls and lone surrogates become
    /// <c>\uXXXX</c>, and a backslash two, so that the escape is unambiguous. All else stays.
    /// </summary>
    public static string Escape(string text)
    {
        if (!text.AsSpan().ContainsAnyExceptInRange(' ', '~') && !text.Contains('\\', StringComparison.Ordinal))
            return text;

        var safe = new StringBuilder(text.Length + 16);
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsSurrogatePair(text, i) && !IsUnsafe(CharUnicodeInfo.GetUnicodeCategory(text, i)))
                safe.Append(text[i]).Append(text[++i]);
            else if (text[i] == '\\')
                safe.Append(@"\\");
            else if (IsUnsafe(char.GetUnicodeCategory(text[i])))
                safe.Append(CultureInfo.InvariantCulture, $"\\u{(int)text[i]:x4}");
            else
                safe.Append(text[i]);
        }

        return safe.ToString();
    }

    private static bool IsUnsafe(UnicodeCategory category) => category is
        UnicodeCategory.Control or
        UnicodeCategory.Format or
        UnicodeCategory.LineSeparator or
        UnicodeCategory.ParagraphSeparator or
        UnicodeCategory.Surrogate or
        UnicodeCategory.PrivateUse or
        UnicodeCategory.OtherNotAssigned;
}
