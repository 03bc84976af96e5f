using ClamBucketFleet.TestKit;
using Microsoft.Extensions.Logging.Abstractions;

namespace ClamBucketFleet.ClamAv.Tests;

/// <summary>A real clamscan behind a script that writes down each start, with definitions and a spool of its own.</summary>
internal sealed class ClamscanHarness : IAsyncDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly List<ClamscanEngine> _engines = [];

    public ClamscanHarness()
    {
        Database = _directory.CreateDirectory("db");
        Definitions.Write(Database);
        Spool = _directory.CreateDirectory("spool");
        Script("");
    }

    public string Database { get; }

    public string Spool { get; }

    public string Wrapper => _directory.Combine("clamscan");

    /// <summary>A file that the script's lines may wait for or write.</summary>
    public string Signal => _directory.Combine("signal");

    public int Invocations => File.Exists(Starts) ? File.ReadAllLines(Starts).Length : 0;

    /// <summary>Files that lie in the spool, those that hold a directory apart.</summary>
    public int Left => Directory.EnumerateFiles(Spool, "*", SearchOption.AllDirectories).Count(path => !path.EndsWith(".lock", StringComparison.Ordinal));

    private string Starts => _directory.Combine("starts");

    /// <summary>Runs these lines instead of clamscan, or before it where they do not exec or exit.</summary>
    public void Script(string lines)
    {
        File.WriteAllText(Wrapper, $"#!/bin/bash\necho $$ >> '{Starts}'\n{lines}\nexec '{Command.Require("clamscan")}' \"$@\"\n");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(Wrapper, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    public ClamscanEngine Engine(
        Func<ClamscanSettings, ClamscanSettings>? change = null, string? database = null, TimeProvider? time = null)
    {
        var settings = new ClamscanSettings(Wrapper, Spool, 0, TimeSpan.FromMinutes(1));
        var engine = new ClamscanEngine(
            change is null ? settings : change(settings),
            Engines.Reader(database ?? Database),
            time ?? TimeProvider.System,
            NullLogger<ClamscanEngine>.Instance);
        _engines.Add(engine);
        return engine;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var engine in _engines)
            await engine.DisposeAsync();
        await _directory.DisposeAsync();
    }
}
