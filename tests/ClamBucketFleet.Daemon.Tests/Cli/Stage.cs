using ClamBucketFleet.Options;
using ClamBucketFleet.TestKit;
using Xunit;

namespace ClamBucketFleet.Daemon.Tests.Cli;

/// <summary>The real executable with directories, definitions and settings of one test's own.</summary>
internal sealed class Stage : IDisposable
{
    private readonly Dictionary<string, string> _environment = [];

    public Stage()
    {
        Definitions = Directory.CreateDirectory("db");
        TestKit.Definitions.Write(Definitions);
        LogDirectory = Directory.Combine("log");
        this[Settings.ScanDatabaseDirectory] = Definitions;
        this[Settings.ScanSpoolDirectory] = Directory.Combine("spool");
        this[Settings.LogDirectory] = LogDirectory;
        this[Settings.ScanEngine] = "clamscan";
    }

    public static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public TemporaryDirectory Directory { get; } = new();

    public string Definitions { get; }

    public string LogDirectory { get; }

    /// <summary>A setting, given by the environment.</summary>
    public string this[Setting setting]
    {
        set => Set(Executable.Setting(setting.Key, value));
    }

    /// <summary>Scans with this clamd.</summary>
    public Stage With(ClamdServer clamd)
    {
        this[Settings.ScanEngine] = "clamd";
        this[Settings.ScanClamdAddress] = clamd.Address;
        this[Settings.ScanDatabaseDirectory] = clamd.DatabaseDirectory;
        return this;
    }

    /// <summary>Everything of AWS is on this server.</summary>
    public Stage With(MotoServer moto)
    {
        foreach (var variable in moto.EnvironmentVariables)
            Set(variable);
        return this;
    }

    public Stage Set(KeyValuePair<string, string> variable)
    {
        _environment[variable.Key] = variable.Value;
        return this;
    }

    public Stage Set(string name, string value) => Set(new(name, value));

    public Task<CommandResult> RunAsync(params string[] arguments) => Command(arguments).RunAsync(Cancellation);

    public ChildProcess Start(params string[] arguments) => Command(arguments).Start();

    public Command Command(params string[] arguments) =>
        Executable.Find().Command(_environment, arguments) with { WorkingDirectory = Directory.Path };

    /// <summary>The same command through a shell, which finds it as <c>"$@"</c>.</summary>
    public Command Shell(string script, params string[] arguments)
    {
        var command = Command(arguments);
        return command with { Path = "/bin/sh", Arguments = ["-c", script, "sh", command.Path, .. arguments] };
    }

    /// <summary>The log files, as they are now.</summary>
    public string Logged() => System.IO.Directory.Exists(LogDirectory)
        ? string.Concat(System.IO.Directory.GetFiles(LogDirectory).Order(StringComparer.Ordinal).Select(Read))
        : "";

    public void Dispose() => Directory.Dispose();

    private static string Read(string path)
    {
        using var reader = new StreamReader(
            new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));
        return reader.ReadToEnd();
    }
}
