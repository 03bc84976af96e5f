using System.Net;
using System.Text;
using System.Text.Json;
using ClamBucketFleet.Daemon.Tests.Run;
using ClamBucketFleet.Options;
using ClamBucketFleet.TestKit;
using Shouldly;
using Xunit;

namespace ClamBucketFleet.Daemon.Tests.Cli;

/// <summary><c>definitions update</c> with the real freshclam, on a source of the test's own.</summary>
public sealed class DefinitionsUpdateTests : IAsyncDisposable
{
    private const int Limit = 120_000;
    private static readonly string[] Verb = ["definitions", "update"];

    private readonly Stage _stage = new();
    private readonly DefinitionsServer _source = new();
    private readonly string _configuration;
    private readonly MotoFixture _moto;

    public DefinitionsUpdateTests(MotoFixture moto)
    {
        _moto = moto;
        _stage[Settings.ScanClamdAddress] = _stage.Directory.Combine("no.sock");
        File.Delete(Path.Combine(_stage.Definitions, "testfiles.hsb"));
        _configuration = _stage.Directory.Write("freshclam.conf", Encoding.ASCII.GetBytes(_source.Configuration("extra.ndb")));
        _source.Put("extra.ndb", Signature("First"));
    }

    public async ValueTask DisposeAsync()
    {
        await _source.DisposeAsync();
        _stage.Dispose();
    }

    [Fact(Timeout = Limit)]
    public async Task What_is_new_comes_into_use_and_is_told_in_a_line()
    {
        var first = await UpdateAsync();
        _source.Age("extra.ndb");
        var second = await UpdateAsync();

        first.ExitCode.ShouldBe(0, first.Error);
        first.Output.ShouldMatch("^definitions [0-9a-f]{8} of [0-9-]+ [0-9:]+ UTC, new\n$");
        Installed("extra.ndb").ShouldBe(Signature("First"));
        second.ExitCode.ShouldBe(0, second.Error);
        second.Output.ShouldEndWith(", unchanged\n");
        _source.Requests.Count.ShouldBe(2);
        _stage.Logged().ShouldContain("New definitions are in use");
    }

    [Fact(Timeout = Limit)]
    public async Task Programs_get_one_document()
    {
        var result = await UpdateAsync("--json");

        result.ExitCode.ShouldBe(0, result.Error);
        using var json = JsonDocument.Parse(result.Output);
        json.RootElement.GetProperty("result").GetString().ShouldBe("new");
        json.RootElement.GetProperty("changed").EnumerateArray().Select(name => name.GetString()).ShouldBe(["extra.ndb"]);
        json.RootElement.GetProperty("published").GetString()!.ShouldEndWith("Z");
        json.RootElement.GetProperty("error").ValueKind.ShouldBe(JsonValueKind.Null);
    }

    [Theory(Timeout = Limit)]
    [InlineData("broken\n", "freshclam threw away what it fetched: ")]
    [InlineData("Anything:0:*:41206861726d6c6573732074657874\n", "do not pass the self-test")]
    public async Task Definitions_that_are_no_good_never_replace_those_in_use(string content, string why)
    {
        (await UpdateAsync()).ExitCode.ShouldBe(0);
        _source.Put("extra.ndb", Encoding.ASCII.GetBytes(content));

        var result = await UpdateAsync();

        result.ExitCode.ShouldBe(75, result.Error);
        result.Error.ShouldContain(why);
        Installed("extra.ndb").ShouldBe(Signature("First"));
    }

    [Fact(Timeout = Limit)]
    public async Task A_source_that_asks_for_patience_is_left_alone_as_long()
    {
        (await UpdateAsync()).ExitCode.ShouldBe(0);
        _source.Answer = new DefinitionsAnswer(429) { RetryAfter = TimeSpan.FromHours(7) };

        var refused = await UpdateAsync();
        var asked = _source.Requests.Count;
        var patient = await UpdateAsync("--json");

        refused.ExitCode.ShouldBe(0, refused.Error);
        refused.Output.ShouldContain(", unchanged\ntheir source answered 429, too many requests, and is not asked before ");
        patient.ExitCode.ShouldBe(0, patient.Error);
        _source.Requests.Count.ShouldBe(asked);
        using var json = JsonDocument.Parse(patient.Output);
        json.RootElement.GetProperty("result").GetString().ShouldBe("stayed-away");
        var until = json.RootElement.GetProperty("notAskedBefore").GetDateTimeOffset();
        (until - TimeProvider.System.GetUtcNow()).TotalHours.ShouldBeInRange(6.5, 7);
    }

    [Fact(Timeout = Limit)]
    public async Task An_update_that_is_killed_in_the_middle_leaves_the_next_one_nothing_to_mend()
    {
        (await UpdateAsync()).ExitCode.ShouldBe(0);
        _source.Answer = new DefinitionsAnswer(200) { Hangs = true };
        await using (var hanging = _stage.Start([.. Verb, "--freshclam-config", _configuration]))
        {
            await Eventually.UntilAsync(() => _source.Requests.Count == 2, TimeSpan.FromSeconds(30), Stage.Cancellation);
            var second = await UpdateAsync();
            second.ExitCode.ShouldBe(75);
            second.Error.ShouldContain("another update is under way");

            // Not what it has started: freshclam goes on for as long as it hangs.
            hanging.Send(Signal.Kill);
            await hanging.WaitForExitAsync(Stage.Cancellation);
        }

        Installed("extra.ndb").ShouldBe(Signature("First"));
        _source.Answer = null;
        _source.Put("extra.ndb", Signature("Second"));
        var next = await UpdateAsync();

        next.ExitCode.ShouldBe(0, next.Error);
        Installed("extra.ndb").ShouldBe(Signature("Second"));
        Directory.GetFileSystemEntries(Path.Combine(_stage.Definitions, ".clambucketfleet", "staging")).ShouldBeEmpty();
    }

    [Fact(Timeout = Limit)]
    public async Task What_is_missing_is_named_with_what_to_do()
    {
        var noProgram = await UpdateAsync("--freshclam", "/nowhere/freshclam");
        var noConfiguration = await _stage.RunAsync([.. Verb, "--freshclam-config", "/nowhere/freshclam.conf"]);
        _stage[Settings.ScanDatabaseDirectory] = "/nowhere";
        var noDirectory = await UpdateAsync();

        noProgram.ExitCode.ShouldBe(69);
        noProgram.Error.ShouldContain("freshclam cannot be started as '/nowhere/freshclam': install it");
        noConfiguration.ExitCode.ShouldBe(78);
        noConfiguration.Error.ShouldContain("/nowhere/freshclam.conf");
        noDirectory.ExitCode.ShouldBe(78);
        noDirectory.Error.ShouldContain("There is no directory /nowhere (Scan:DatabaseDirectory)");
    }

    [Fact(Timeout = Limit)]
    public async Task An_unreachable_source_is_a_failure_that_changes_nothing()
    {
        (await UpdateAsync()).ExitCode.ShouldBe(0);
        await _source.DisposeAsync();

        var result = await UpdateAsync();

        result.ExitCode.ShouldBe(69, result.Error);
        result.Error.ShouldContain("freshclam failed with exit code 5: ");
        Installed("extra.ndb").ShouldBe(Signature("First"));
    }

    [Fact(Timeout = Limit)]
    public async Task Old_definitions_that_cannot_be_renewed_are_alerted_once_and_once_when_it_is_over()
    {
        using var aws = new AwsStage(_moto.Server);
        var (topic, queue) = await aws.CreateTopicAsync();
        _stage.With(_moto.Server)[Settings.AlertsTopicArn] = topic;
        MakeOld();
        _source.Answer = new DefinitionsAnswer(500);

        (await UpdateAsync()).ExitCode.ShouldBe(69);
        (await UpdateAsync()).ExitCode.ShouldBe(69);
        var alert = ReceivedAlert.Parse(Unwrapped(await aws.TakeAsync(queue)));
        (await aws.TakeAsync(queue)).ShouldBeNull();
        _source.Answer = null;
        (await UpdateAsync()).ExitCode.ShouldBe(0);
        (await UpdateAsync()).ExitCode.ShouldBe(0);
        var over = ReceivedAlert.Parse(Unwrapped(await aws.TakeAsync(queue)));
        (await aws.TakeAsync(queue)).ShouldBeNull();

        alert.Status.ShouldBe("PROCESSING_ERROR");
        alert.Key.ShouldBeEmpty();
        alert.Error.ShouldStartWith("The definitions are of 2020-01-01 00:00 UTC, too old, and the update failed: freshclam failed");
        over.Error.ShouldBe($"Over: {alert.Error}");
    }

    [Fact(Timeout = Limit)]
    public async Task A_place_that_cannot_be_held_is_alerted_too_unless_another_update_holds_it()
    {
        using var aws = new AwsStage(_moto.Server);
        var (topic, queue) = await aws.CreateTopicAsync();
        _stage.With(_moto.Server)[Settings.AlertsTopicArn] = topic;
        MakeOld();
        var place = Path.Combine(_stage.Definitions, ".clambucketfleet");
        Directory.CreateDirectory(place);
        await using (new FileStream(Path.Combine(place, "lock"), FileMode.Create, FileAccess.ReadWrite, FileShare.None))
            (await UpdateAsync()).ExitCode.ShouldBe(75);
        (await aws.TakeAsync(queue)).ShouldBeNull();
        Directory.Delete(place, recursive: true);
        await File.WriteAllTextAsync(place, "no directory", Stage.Cancellation);

        var result = await UpdateAsync();

        result.ExitCode.ShouldBe(75, result.Error);
        ReceivedAlert.Parse(Unwrapped(await aws.TakeAsync(queue))).Error!.ShouldContain("cannot be held for an update");
    }

    [Fact(Timeout = Limit)]
    public async Task What_fails_while_people_are_alerted_does_not_hide_what_failed_before()
    {
        using var aws = new AwsStage(_moto.Server);
        var (topic, queue) = await aws.CreateTopicAsync();
        _stage.With(_moto.Server)[Settings.AlertsTopicArn] = topic;
        MakeOld();
        Directory.CreateDirectory(Path.Combine(_stage.Definitions, ".clambucketfleet", "state.json.new"));

        var result = await UpdateAsync("--freshclam", "/nowhere/freshclam");

        result.ExitCode.ShouldBe(69, result.Error);
        result.Error.ShouldContain("freshclam cannot be started");
        (await aws.TakeAsync(queue)).ShouldNotBeNull();
    }

    [Fact(Timeout = Limit)]
    public async Task A_clamd_that_says_nothing_is_warned_of()
    {
        using var silent = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        _stage[Settings.ScanClamdAddress] = $"tcp://{silent.LocalEndpoint}";

        var result = await UpdateAsync();

        result.ExitCode.ShouldBe(0, result.Error);
        result.Output.ShouldContain("warning: clamd may not have loaded them: ");
    }

    [Fact(Timeout = Limit)]
    public async Task A_collector_that_the_environment_names_hears_of_the_update_before_it_ends()
    {
        var url = $"http://127.0.0.1:{FreePort.Find()}/";
        using var collector = new HttpListener { Prefixes = { url } };
        collector.Start();
        _stage.Set("OTEL_EXPORTER_OTLP_ENDPOINT", url).Set("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf");
        var update = UpdateAsync();

        var context = await collector.GetContextAsync().WaitAsync(Stage.Cancellation);
        using var reader = new StreamReader(context.Request.InputStream, Encoding.Latin1);
        var body = await reader.ReadToEndAsync(Stage.Cancellation);
        context.Response.Close();

        body.ShouldContain("clambucketfleet.definitions.updates");
        body.ShouldContain("clambucketfleet.definitions.age");
        body.ShouldContain("new");
        (await update).ExitCode.ShouldBe(0);
    }

    private void MakeOld() => File.SetLastWriteTimeUtc(
        Directory.GetFiles(_stage.Definitions).ShouldHaveSingleItem(), new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc));

    private static string Unwrapped(string? body) =>
        JsonDocument.Parse(body.ShouldNotBeNull()).RootElement.GetProperty("Message").GetString()!;

    private Task<CommandResult> UpdateAsync(params string[] more) =>
        _stage.RunAsync([.. Verb, "--freshclam-config", _configuration, .. more]);

    private byte[] Installed(string name) => File.ReadAllBytes(Path.Combine(_stage.Definitions, name));

    private static byte[] Signature(string name) =>
        Encoding.ASCII.GetBytes($"{name}:0:*:{Convert.ToHexStringLower(Encoding.ASCII.GetBytes($"Never seen: {name}"))}\n");
}
