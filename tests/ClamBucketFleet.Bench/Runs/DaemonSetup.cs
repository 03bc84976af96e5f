using ClamBucketFleet.Bench.Stub;
using ClamBucketFleet.TestKit;

namespace ClamBucketFleet.Bench.Runs;

/// <summary>Which daemon runs, and how.</summary>
/// <param name="Program">The published program, or one that was just built.</param>
/// <param name="Stub">What it takes for AWS.</param>
/// <param name="Clamd">The engine; null: clamscan.</param>
/// <param name="Definitions">The directory.</param>
internal sealed record DaemonSetup(Executable Program, StubServer Stub, ClamdServer? Clamd, string Definitions)
{
    /// <summary>Daemons on the queue.</summary>
    public int Daemons { get; init; } = 1;

    /// <summary>Whether clean objects are tagged.</summary>
    public bool Tags { get; init; }

    /// <summary>Variables beyond those that lead to the stub.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>Starts one in a directory of its own.</summary>
    public ChildProcess Start(string directory)
    {
        var settings = new Dictionary<string, string>
        {
            ["Queue:Url"] = SqsService.Url,
            ["Scan:Engine"] = Clamd is null ? "clamscan" : "clamd",
            ["Scan:ClamdAddress"] = Clamd?.Address ?? "/nonexistent",
            ["Scan:DatabaseDirectory"] = Definitions,
            ["Scan:SpoolDirectory"] = Path.Combine(directory, "spool"),
            // Definitions from a cache are as old as their files.
            ["Scan:MaxDefinitionsAge"] = "3650d",
            ["Alerts:TopicArn"] = SnsService.Topic,
            ["Clean:Action"] = Tags ? "tag" : "none",
            ["Log:Directory"] = Path.Combine(directory, "log"),
        };
        var variables = new Dictionary<string, string>(Stub.EnvironmentVariables.Concat(OfUnit()));
        foreach (var (name, value) in Environment)
            variables[name] = value;
        foreach (var (key, value) in settings.Select(setting => Executable.Setting(setting.Key, setting.Value)))
            variables[key] = value;
        return Program.Start(variables, "run", "--drain", "--idle", "1s");
    }

    /// <summary>The variables of the package's unit.</summary>
    private static IEnumerable<KeyValuePair<string, string>> OfUnit()
    {
        const string Prefix = "Environment=";
        return File.ReadLines(Repository.Combine("packaging", "root", "usr", "lib", "systemd", "system", "clambucketfleet.service"))
            .Where(line => line.StartsWith(Prefix, StringComparison.Ordinal))
            .Select(line => line[Prefix.Length..].Split('=', 2))
            .Select(pair => KeyValuePair.Create(pair[0], pair[1]));
    }
}
