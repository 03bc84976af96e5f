namespace ClamBucketFleet.Daemon.Cli;

/// <summary>Settings given on the command line: <c>--Section:Key=value</c> or <c>--Section:Key value</c>.</summary>
internal static class SettingArguments
{
    /// <summary>Takes the settings out of the arguments; what stands behind <c>--</c> is left alone.</summary>
    /// <exception cref="UsageException">A setting has no value.</exception>
    public static (IReadOnlyDictionary<string, string?> Settings, string[] Arguments) Split(string[] args)
    {
        var settings = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        var rest = new List<string>();
        for (var i = 0; i < args.Length; i++)
        {
            if (args[i] == "--")
            {
                rest.AddRange(args[i..]);
                break;
            }

            var (name, value) = args[i].Split('=', 2) is [var before, var after] ? (before, after) : (args[i], null);
            if (!name.StartsWith("--", StringComparison.Ordinal) || !name.Contains(':', StringComparison.Ordinal))
                rest.Add(args[i]);
            else
                settings[name[2..]] = value ?? (i + 1 < args.Length
                    ? args[++i]
                    : throw new UsageException($"{SafeText.Escape(name)} has no value: write {SafeText.Escape(name)}=value."));
        }

        return (settings, [.. rest]);
    }
}
