using System.Text;
using System.Text.RegularExpressions;

namespace ClamBucketFleet.Options;

/// <summary>
/// A pattern on <c>bucket/key</c>: <c>*</c> is any text without a slash, <c>**</c> any text, <c>?</c> one character
/// that is not a slash, <c>[abc]</c>, <c>[a-z]</c> and <c>[!abc]</c> one of (or none of) a set. Case counts, as in S3.
/// </summary>
public sealed class GlobPattern
{
    private readonly Regex _regex;

    public GlobPattern(string pattern)
    {
        // NonBacktracking: a hostile key can't make a match slow.
        _regex = new Regex(Translate(pattern), RegexOptions.NonBacktracking | RegexOptions.CultureInvariant | RegexOptions.Singleline);
    }

    public bool IsMatch(string bucketAndKey) => _regex.IsMatch(bucketAndKey);

    /// <summary>Whether the pattern can be understood: not empty, not huge, sets closed and in order.</summary>
    public static bool IsValid(string pattern)
    {
        if (pattern.Length is 0 or > 2048)
            return false;
        try
        {
            _ = new GlobPattern(pattern);
            return true;
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            // Not supported: an automaton larger than .NET builds.
            return false;
        }
    }

    private static string Translate(string pattern)
    {
        var regex = new StringBuilder(@"\A");
        for (var i = 0; i < pattern.Length; i++)
        {
            switch (pattern[i])
            {
                case '*' when i + 1 < pattern.Length && pattern[i + 1] == '*':
                    regex.Append(".*");
                    i++;
                    break;
                case '*':
                    regex.Append("[^/]*");
                    break;
                case '?':
                    regex.Append("[^/]");
                    break;
                case '[':
                    i = TranslateSet(pattern, i, regex);
                    break;
                default:
                    regex.Append(Regex.Escape(pattern[i].ToString()));
                    break;
            }
        }

        return regex.Append(@"\z").ToString();
    }

    private static int TranslateSet(string pattern, int open, StringBuilder regex)
    {
        var negated = open + 1 < pattern.Length && pattern[open + 1] == '!';
        var start = negated ? open + 2 : open + 1;

        // A set is not empty: a bracket in the first place is one of its characters.
        var close = start < pattern.Length ? pattern.IndexOf(']', start + 1) : -1;
        if (close < 0)
            throw new ArgumentException("A set has no end.", nameof(pattern));

        var set = pattern[start..close];
        regex.Append(negated ? "[^/" : "[");

        // The slash before it would make a range of a hyphen in the first place.
        if (set[0] is '-' or ']')
            regex.Append('\\');
        regex.Append(set.Replace(@"\", @"\\", StringComparison.Ordinal)
            .Replace("[", @"\[", StringComparison.Ordinal).Replace("^", @"\^", StringComparison.Ordinal));
        regex.Append(']');
        return close;
    }
}
