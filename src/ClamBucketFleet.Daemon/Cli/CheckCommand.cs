using System.CommandLine;
using System.Text.Json;
using ClamBucketFleet.Daemon.Hosting;
using ClamBucketFleet.Daemon.Logging;
using Spectre.Console;

namespace ClamBucketFleet.Daemon.Cli;

/// <summary><c>check</c>: tells whether this machine could work now.</summary>
internal sealed class CheckCommand : Command, IHasExamples
{
    public CheckCommand(Option<string?> config, IReadOnlyDictionary<string, string?> settings)
        : base("check", "Tells whether this machine could work now: every check, one line each.")
    {
        var json = new Option<bool>("--json") { Description = "One JSON document on standard output." };
        Add(json);
        SetAction((parsed, cancellationToken) =>
            RunAsync(parsed.GetValue(config), settings, parsed.GetValue(json), cancellationToken));
    }

    public string Examples => """
        Examples:
          clambucketfleet check
          clambucketfleet check --config fleet.json --json

        Exit codes: 0 all well, 69 something needed is unavailable, 75 try again, 78 the configuration is wrong.
        """;

    private static async Task<int> RunAsync(
        string? file,
        IReadOnlyDictionary<string, string?> settings,
        bool json,
        CancellationToken cancellationToken)
    {
        using var loggers = LogSetup.ForCommand();
        var results = new List<CheckResult>();
        try
        {
            var options = ConfigurationLoader.Load(file, settings, queueIsRequired: true);
            Add(new CheckResult("configuration", "read and without contradictions"));
            await using var fleet = new Fleet(options, loggers, TimeProvider.System);
            await foreach (var result in new Checks(fleet, TimeProvider.System).RunAsync(cancellationToken).ConfigureAwait(false))
                Add(result);
        }
        catch (FatalConfigurationException e)
        {
            foreach (var error in e.Message.Split('\n'))
                Add(new CheckResult("configuration", error, CheckState.Failed, ExitCode.BadConfiguration));
            Add(new CheckResult("all else", "not checked: it needs a configuration that can be read", CheckState.Warning));
        }

        if (json)
            WriteJson(results);
        return results.Select(r => r.Code).OrderByDescending(code => code == ExitCode.BadConfiguration).FirstOrDefault(code => code != ExitCode.Done);

        void Add(CheckResult result)
        {
            results.Add(result);
            if (!json)
                WriteLine(result);
        }
    }

    private static void WriteLine(CheckResult result)
    {
        var (word, colour) = result.State switch
        {
            CheckState.Ok => ("ok  ", Color.Green),
            CheckState.Warning => ("warn", Color.Yellow),
            _ => ("FAIL", Color.Red),
        };
        Terminal.WriteWord(word, colour);
        Console.Out.WriteLine($"  {result.Name,-14} {SafeText.Printable(result.Detail)}");
    }

    private static void WriteJson(List<CheckResult> results)
    {
        using var output = Console.OpenStandardOutput();
        using (var writer = new Utf8JsonWriter(output))
        {
            writer.WriteStartObject();
            writer.WriteBoolean("ok", results.All(r => r.Code == ExitCode.Done));
            writer.WriteStartArray("checks");
            foreach (var result in results)
            {
                writer.WriteStartObject();
                writer.WriteString("name", result.Name);
                writer.WriteString("result", result.State switch
                {
                    CheckState.Ok => "ok",
                    CheckState.Warning => "warning",
                    _ => "failed",
                });
                writer.WriteString("detail", result.Detail);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        output.Write("\n"u8);
    }
}
