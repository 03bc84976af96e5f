using System.Text;

namespace CliWrap;

/// <summary>Arguments in one string, written so that .NET splits it into the same arguments again.</summary>
internal static class ArgumentString
{
    public static string Join(IEnumerable<string> arguments) => string.Join(' ', arguments.Select(Escape));

    private static string Escape(string argument)
    {
        if (argument.Length > 0 && !argument.Any(c => char.IsWhiteSpace(c) || c == '"'))
            return argument;

        var escaped = new StringBuilder("\"");
        var backslashes = 0;
        foreach (var c in argument)
        {
            // Backslashes count only in front of a quotation mark.
            if (c == '"')
                escaped.Append('\\', backslashes + 1);
            backslashes = c == '\\' ? backslashes + 1 : 0;
            escaped.Append(c);
        }

        return escaped.Append('\\', backslashes).Append('"').ToString();
    }
}
