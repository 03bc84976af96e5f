namespace ClamBucketFleet.TestKit;

/// <summary>How a <see cref="ClamdServer"/> is set up.</summary>
public sealed record ClamdOptions
{
    /// <summary>A loopback port in place of a Unix socket.</summary>
    public bool Tcp { get; init; }

    public int MaxThreads { get; init; } = 2;

    public TimeSpan CommandReadTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long loading the definitions may take.</summary>
    public TimeSpan StartLimit { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Definitions that are there already; without it, those of <see cref="Definitions.Write"/>.</summary>
    public string? DatabaseDirectory { get; init; }

    /// <summary>Lines of clamd.conf by their name, in place of what stands there otherwise.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>();

    /// <summary>A clamd.conf whose lines hold in place of the usual ones, all but those about places and users.</summary>
    public string? ConfigurationFile { get; init; }

    /// <summary>Lines before all others: of several with one name, clamd takes the first.</summary>
    public IReadOnlyList<string> FirstLines { get; init; } = [];

    private static readonly string[] Places =
    [
        "LocalSocket", "LocalSocketGroup", "LocalSocketMode", "User", "DatabaseDirectory", "TemporaryDirectory", "LogFile",
        "Foreground", "PidFile",
    ];

    internal string ToConfiguration(string addressName, string address, string databases, string temporaryDirectory)
    {
        if (ConfigurationFile is not null)
            return FromFile(addressName, address, databases, temporaryDirectory);

        // The largest numbers that clamd 1.4 takes at their word: it never reads past 2,147,483,647 bytes.
        var lines = new Dictionary<string, string>
        {
            [addressName] = address,
            ["DatabaseDirectory"] = databases,
            ["TemporaryDirectory"] = temporaryDirectory,
            ["Foreground"] = "yes",
            ["LogTime"] = "yes",
            ["FixStaleSocket"] = "yes",
            ["SelfCheck"] = "0",
            ["MaxThreads"] = $"{MaxThreads}",
            ["CommandReadTimeout"] = $"{(int)CommandReadTimeout.TotalSeconds}",
            ["StreamMaxLength"] = "2147483647",
            ["MaxFileSize"] = "2147483647",
            ["MaxScanSize"] = "2147483647",
            ["AlertExceedsMax"] = "yes",
            ["AlertEncrypted"] = "yes",
        };
        foreach (var (name, value) in Settings) lines[name] = value;
        return string.Concat(FirstLines.Concat(lines.Select(line => $"{line.Key} {line.Value}")).Select(line => line + "\n"));
    }

    private string FromFile(string addressName, string address, string databases, string temporaryDirectory)
    {
        var lines = File.ReadLines(ConfigurationFile!).Where(line => !Places.Contains(line.Split(' ')[0], StringComparer.Ordinal));
        string[] own =
        [
            $"{addressName} {address}", $"DatabaseDirectory {databases}", $"TemporaryDirectory {temporaryDirectory}", "Foreground yes",
        ];
        return string.Concat(FirstLines.Concat(Settings.Select(line => $"{line.Key} {line.Value}")).Concat(own).Concat(lines)
            .Select(line => line + "\n"));
    }
}
