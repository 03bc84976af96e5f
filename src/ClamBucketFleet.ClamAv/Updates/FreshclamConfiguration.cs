using System.Text;

namespace ClamBucketFleet.ClamAv;

/// <summary>The operator's freshclam.conf, and what is made of it for one run.</summary>
/// <param name="Lines">Without those that an update sets itself.</param>
/// <param name="CustomNames">Databases that <c>DatabaseCustomURL</c> brings.</param>
internal sealed record FreshclamConfiguration(IReadOnlyList<string> Lines, IReadOnlySet<string> CustomNames)
{
    private const string CustomUrl = "DatabaseCustomURL";

    // Where it writes, as whom, whom it tells and what it starts: all of that is this program's own matter.
    private static readonly HashSet<string> Ours = new(StringComparer.OrdinalIgnoreCase)
    {
        "DatabaseDirectory", "DatabaseOwner", "AllowSupplementaryGroups", "UpdateLogFile", "LogFileMaxSize", "LogTime",
        "LogSyslog", "LogFacility", "LogRotate", "PidFile", "Foreground", "Checks", "NotifyClamd", "OnUpdateExecute",
        "OnErrorExecute", "OnOutdatedExecute",
    };

    /// <param name="path">Null takes the first of the usual two that is there.</param>
    /// <param name="usual">The product's own, and the distribution's.</param>
    /// <exception cref="FatalConfigurationException">There is none, or it cannot be read.</exception>
    public static FreshclamConfiguration Read(string? path, IReadOnlyList<string> usual)
    {
        var chosen = path ?? usual.FirstOrDefault(File.Exists) ?? throw new FatalConfigurationException(
            $"There is no configuration for freshclam, neither {string.Join(" nor ", usual)}: install it (Debian: apt install " +
            "clamav-freshclam), or name one with --freshclam-config. One line 'DatabaseMirror database.clamav.net' is enough.");
        try
        {
            return Parse(File.ReadAllLines(chosen));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new FatalConfigurationException($"The configuration of freshclam cannot be read: {exception.Message}", exception);
        }
    }

    public static FreshclamConfiguration Parse(IEnumerable<string> text)
    {
        var lines = text.Select(line => line.Trim())
            .Where(line => line is not ("" or ['#', ..]) && !Ours.Contains(Words(line)[0]))
            .ToArray();
        var names = lines.Select(Words)
            .Where(words => words.Length == 2 && words[0].Equals(CustomUrl, StringComparison.OrdinalIgnoreCase))
            .Select(words => words[1].Trim('"', ' ').Split('/')[^1])
            .Where(DatabaseNames.IsDatabase);
        return new FreshclamConfiguration(lines, names.ToHashSet(StringComparer.Ordinal));
    }

    /// <summary>Whether a database of this name is the updates' matter, not the operator's own.</summary>
    public bool Manages(string name) => DatabaseNames.IsSigned(name) || CustomNames.Contains(name);

    /// <summary>The configuration for a run that writes into a directory, as the present user.</summary>
    public string For(string directory)
    {
        var text = new StringBuilder();
        foreach (var line in Lines)
            text.Append(line).Append('\n');

        // freshclam that is started by root becomes another user, who could not write there.
        text.Append("DatabaseDirectory ").Append(directory).Append('\n');
        text.Append("DatabaseOwner ").Append(Environment.UserName).Append('\n');
        return text.Append("Foreground yes\nLogTime no\n").ToString();
    }

    private static string[] Words(string line) => line.Split([' ', '\t'], 2, StringSplitOptions.TrimEntries);
}
