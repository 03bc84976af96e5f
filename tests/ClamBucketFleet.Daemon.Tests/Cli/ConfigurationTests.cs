using System.Text;
using System.Text.Json;
using ClamBucketFleet.Options;
using ClamBucketFleet.TestKit;
using Shouldly;
using Xunit;

namespace ClamBucketFleet.Daemon.Tests.Cli;

/// <summary>Where settings come from, and how what is wrong with them is said: 78, and a line each.</summary>
public sealed class ConfigurationTests(ClamdFixture clamd) : IDisposable
{
    private const int Limit = 60_000;

    private readonly Stage _stage = new Stage().With(clamd.Server);

    public void Dispose() => _stage.Dispose();

    [Fact(Timeout = Limit)]
    public async Task The_command_line_wins_over_the_environment_and_that_over_the_file()
    {
        var file = Write("""{"Scan": {"Engine": "clamscan"}}""");

        (await EngineAsync("--config", file)).ShouldBe("clamd");
        (await EngineAsync("--config", file, "--Scan:Engine=clamscan")).ShouldBe("clamscan");
        (await EngineAsync("--scan:engine", "clamscan", "--config", file)).ShouldBe("clamscan");
        (await EngineAsync("--config", Write($$"""{"Scan:ClamdAddress": "{{clamd.Server.Address}}"}"""))).ShouldBe("clamd");
    }

    [Fact(Timeout = Limit)]
    public async Task A_file_alone_is_enough()
    {
        using var stage = new Stage();
        var file = Write($$"""
            {
              // Comments are welcome.
              "Scan": { "Engine": "clamd", "ClamdAddress": "{{clamd.Server.Address}}" }
            }
            """);
        var command = stage.Command("version", "--json", "--config", file);
        var environment = command.Environment.Where(pair => !pair.Key.StartsWith("CLAMBUCKETFLEET_", StringComparison.Ordinal));

        var result = await (command with { Environment = environment.ToDictionary() }).RunAsync(Stage.Cancellation);

        result.ExitCode.ShouldBe(0, result.Error);
        result.Output.ShouldContain("\"engineKind\":\"clamd\"");
    }

    [Fact(Timeout = Limit)]
    public async Task All_errors_are_said_at_once_each_with_key_value_and_what_is_allowed()
    {
        _stage[Settings.ScanTimeout] = "soon";
        _stage[Settings.InfectedAction] = "quarantine";
        _stage[Settings.CleanAction] = "burn";

        var result = await _stage.RunAsync(
            "run", "--config", Write("""{"Scan": {"Engin": "clamd"}}"""), "--Scan:MaxObjectSize=3GiB", "--No:Such=\u001b[31m");

        result.ExitCode.ShouldBe(78);
        result.Output.ShouldBeEmpty();
        result.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries).ShouldBe(
        [
            "clambucketfleet: Scan:Timeout is 'soon': allowed is a duration such as 500ms, 30s, 10m, 3h or 1d, from 1ms to 11h.",
            "clambucketfleet: Clean:Action is 'burn': allowed is none, tag, move.",
            "clambucketfleet: No:Such is '\\u001b[31m': there is no such key. The README's table has them all.",
            "clambucketfleet: Scan:Engin is 'clamd': there is no such key. Did you mean Scan:Engine?",
            "clambucketfleet: Queue:Url is not set: give the URL of the scan queue, in a configuration file or as CLAMBUCKETFLEET_Queue__Url.",
            "clambucketfleet: Scan:MaxObjectSize is '3221225472': allowed is 1 to 2147483647, the most that ClamAV reads.",
            "clambucketfleet: Infected:Action is 'quarantine' and Quarantine:Bucket is not set: name the bucket, or choose another action.",
        ], ignoreOrder: true);
    }

    [Theory(Timeout = Limit)]
    [InlineData("{ \"Scan\": ", "is not JSON: ")]
    [InlineData("[]", "is not JSON: ")]
    [InlineData("", "is not JSON: ")]
    public async Task A_file_that_is_no_JSON_ends_with_78(string content, string said)
    {
        var file = Write(content);

        var result = await _stage.RunAsync("version", "--config", file);

        result.ExitCode.ShouldBe(78, result.Error);
        result.Error.ShouldStartWith($"clambucketfleet: The configuration file {file} {said}");
        result.Error.Count(c => c == '\n').ShouldBe(1);
    }

    [Fact(Timeout = Limit)]
    public async Task A_file_that_is_not_there_ends_with_78()
    {
        var result = await _stage.RunAsync("version", "--config", "no\u001bwhere.json");

        result.ExitCode.ShouldBe(78);
        result.Error.ShouldStartWith("clambucketfleet: The configuration file no\\u001bwhere.json cannot be read: ");
    }

    [Fact(Timeout = Limit)]
    public async Task An_address_that_is_none_ends_with_78()
    {
        _stage[Settings.ScanClamdAddress] = "clamd.example:3310";

        var result = await _stage.RunAsync("scan", _stage.Directory.Write("f", []));

        result.ExitCode.ShouldBe(78);
        result.Error.ShouldBe(
            "clambucketfleet: Scan:ClamdAddress is 'clamd.example:3310': allowed is a Unix socket's path, or tcp://host:port.\n");
    }

    private async Task<string?> EngineAsync(params string[] options)
    {
        var result = await _stage.RunAsync(["version", "--json", .. options]);
        result.ExitCode.ShouldBe(0, result.Error);
        using var json = JsonDocument.Parse(result.Output);
        return json.RootElement.GetProperty("engineKind").GetString();
    }

    private string Write(string json) => _stage.Directory.Write($"{Guid.NewGuid():N}.json", Encoding.UTF8.GetBytes(json));
}
