using System.Net;
using System.Text.Json;
using ClamBucketFleet.Options;
using ClamBucketFleet.TestKit;
using Shouldly;
using Xunit;

namespace ClamBucketFleet.Daemon.Tests.Cli;

/// <summary><c>check</c>: every check a line, whatever the others say.</summary>
public sealed class CheckTests(MotoFixture moto, ClamdFixture clamd) : IDisposable
{
    private const int Limit = 60_000;
    private const string NoTopic = "arn:aws:sns:eu-west-1:123456789012:nowhere";

    private readonly Stage _stage = new Stage().With(clamd.Server).With(moto.Server);
    private readonly AwsStage _aws = new(moto.Server);

    public void Dispose()
    {
        _aws.Dispose();
        _stage.Dispose();
    }

    [Fact(Timeout = Limit)]
    public async Task Where_all_is_well_it_ends_with_0_and_a_line_a_check()
    {
        await UseAllAsync();

        var result = await _stage.RunAsync("check");

        result.ExitCode.ShouldBe(0, result.Output + result.Error);
        result.Error.ShouldBeEmpty();
        var lines = result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);

        // What this machine's ClamAV cannot do at all (RAR without its library) is warned of, each on a line.
        lines.ShouldAllBe(line => line.StartsWith("ok    ", StringComparison.Ordinal)
            || line.StartsWith("warn  clamd settings ", StringComparison.Ordinal));
        lines.Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]).Distinct().ShouldBe(
            ["configuration", "credentials", "queue", "topic", "bucket", "engine", "self-test", "clamd", "definitions"]);
        lines[3].ShouldContain(", confirmed subscriptions: ");
    }

    [Theory(Timeout = Limit)]
    [InlineData(true, null, "ok    instance       i-0123456789abcdef0 in the Auto Scaling group fleet")]
    [InlineData(false, null, "ok    instance       i-0123456789abcdef0 in no Auto Scaling group")]
    [InlineData(true, "AccessDenied", "warn  instance       Asking for the Auto Scaling group of i-0123456789abcdef0: no (AccessDenied)")]
    public async Task On_EC2_the_instance_and_its_group_have_a_line(bool hasGroup, string? error, string expected)
    {
        await UseAllAsync();
        await using var metadata = LoopbackServer.For(new InstanceMetadata("eu-west-1"));
        await using var scaling = new FakeAutoScaling { HasInstance = hasGroup };
        if (error is not null) scaling.Errors["DescribeAutoScalingInstances"] = (HttpStatusCode.Forbidden, error, "no");
        foreach (var variable in metadata.AsMetadata.Concat(scaling.Environment)) _stage.Set(variable);

        var result = await _stage.RunAsync("check");

        result.ExitCode.ShouldBe(0, result.Output + result.Error);
        result.Output.Split('\n').ShouldContain(line => line.StartsWith(expected, StringComparison.Ordinal), result.Output);
    }

    [Fact(Timeout = Limit)]
    public async Task Programs_get_one_document()
    {
        await UseAllAsync();
        _stage[Settings.AlertsTopicArn] = NoTopic;

        var result = await _stage.RunAsync("check", "--json");

        result.ExitCode.ShouldBe(78, result.Error);
        result.Error.ShouldBeEmpty();
        using var json = JsonDocument.Parse(result.Output);
        json.RootElement.GetProperty("ok").GetBoolean().ShouldBeFalse();
        json.RootElement.GetProperty("checks").EnumerateArray()
            .Select(check => $"{check.GetProperty("name")} {check.GetProperty("result")}")
            .Where(check => !check.StartsWith("clamd settings ", StringComparison.Ordinal))
            .ShouldBe(["configuration ok", "credentials ok", "queue ok", "topic failed", "bucket ok", "engine ok", "self-test ok", "definitions ok"]);
    }

    [Fact(Timeout = Limit)]
    public async Task All_that_is_wrong_is_said_at_once_with_what_to_do()
    {
        var socket = _stage.Directory.Combine("no.sock");
        _stage[Settings.QueueUrl] = $"{moto.Server.Endpoint}123456789012/nowhere";
        _stage[Settings.AlertsTopicArn] = NoTopic;
        _stage[Settings.InfectedAction] = "quarantine";
        _stage[Settings.QuarantineBucket] = "no-such-bucket";
        _stage[Settings.ScanClamdAddress] = socket;

        var result = await _stage.RunAsync("check");

        result.ExitCode.ShouldBe(78, result.Output + result.Error);
        var failed = result.Output.Split('\n').Where(line => line.StartsWith("FAIL  ", StringComparison.Ordinal)).ToArray();
        failed.Length.ShouldBe(7, result.Output);
        failed[0].ShouldMatch("^FAIL  queue          .*Check Queue:Url, its account and its region\\.$");
        failed[1].ShouldBe($"FAIL  topic          There is no topic {NoTopic}: create it, or correct Alerts:TopicArn, its account and its region.");
        failed[2].ShouldBe("FAIL  bucket         There is no bucket no-such-bucket: create it, or correct the setting that names it.");
        failed[3].ShouldStartWith($"FAIL  engine         There is no socket {socket}: start clamd");
        failed[4].ShouldStartWith("FAIL  self-test      There is no socket");
        failed[5].ShouldStartWith("FAIL  clamd settings There is no socket");
        failed[6].ShouldStartWith("FAIL  definitions    There is no socket");
    }

    [Fact(Timeout = Limit)]
    public async Task Only_what_is_unavailable_ends_with_69()
    {
        await UseAllAsync();
        _stage[Settings.ScanClamdAddress] = _stage.Directory.Combine("no.sock");
        (await _stage.RunAsync("check")).ExitCode.ShouldBe(69);
    }

    [Fact(Timeout = Limit)]
    public async Task A_configuration_that_is_wrong_is_said_and_nothing_else_is_asked()
    {
        var result = await _stage.RunAsync("check", "--Scan:Timeout=soon");

        result.ExitCode.ShouldBe(78);
        var lines = result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        lines.Length.ShouldBe(3, result.Output);
        lines[0].ShouldStartWith("FAIL  configuration  Scan:Timeout is 'soon': allowed is a duration");
        lines[1].ShouldStartWith("FAIL  configuration  Queue:Url is not set");
        lines[2].ShouldStartWith("warn  all else       not checked");
    }

    [Fact(Timeout = Limit)]
    public async Task Definitions_that_are_not_there_are_named()
    {
        await UseAllAsync();
        var empty = _stage.Directory.CreateDirectory("empty");
        _stage[Settings.ScanEngine] = "clamscan";
        _stage[Settings.ScanDatabaseDirectory] = empty;

        var result = await _stage.RunAsync("check");

        result.ExitCode.ShouldBe(69, result.Output);
        result.Output.ShouldContain($"FAIL  definitions    There are no definitions in {empty} (Scan:DatabaseDirectory): run 'clambucketfleet definitions update'");
        result.Output.ShouldContain("ok    spool          ");
    }

    [Fact(Timeout = Limit)]
    public async Task Definitions_that_are_too_old_are_named_with_their_age()
    {
        await UseAllAsync();
        _stage[Settings.ScanEngine] = "clamscan";
        _stage[Settings.ScanDatabaseDirectory] = _stage.Definitions;
        foreach (var file in Directory.GetFiles(_stage.Definitions))
            File.SetLastWriteTimeUtc(file, DateTime.UnixEpoch.AddYears(30));

        var result = await _stage.RunAsync("check");

        result.ExitCode.ShouldBe(69, result.Output);
        result.Output.ShouldMatch(
            "FAIL  definitions    [0-9a-f]+ of 2000-01-01 00:00 UTC, [0-9]+ hours old: older than 2d \\(Scan:MaxDefinitionsAge\\); run 'clambucketfleet definitions update'\n");
        result.Output.ShouldContain("ok    self-test      ");
    }

    [Fact(Timeout = Limit)]
    public async Task A_spool_that_cannot_be_written_is_named()
    {
        await UseAllAsync();
        _stage[Settings.ScanEngine] = "clamscan";
        _stage[Settings.ScanSpoolDirectory] = "/proc/nowhere";

        var result = await _stage.RunAsync("check");

        result.ExitCode.ShouldBe(69, result.Output);
        result.Output.ShouldContain("FAIL  spool          /proc/nowhere cannot be written to (Scan:SpoolDirectory): ");
    }

    [Fact(Timeout = Limit)]
    public async Task What_is_no_failure_is_a_warning()
    {
        _stage[Settings.QueueUrl] = await _aws.CreatePlainQueueAsync();

        var result = await _stage.RunAsync("check");

        result.ExitCode.ShouldBe(0, result.Output);
        result.Output.ShouldContain("warn  queue          0 waiting, 0 in flight; no dead-letter queue: ");
        result.Output.ShouldContain("warn  topic          Alerts:TopicArn is not set: nobody hears of infected objects\n");
    }

    private async Task UseAllAsync()
    {
        _stage[Settings.QueueUrl] = (await _aws.CreateQueueAsync()).Url;
        _stage[Settings.AlertsTopicArn] = (await _aws.CreateTopicAsync()).TopicArn;
        _stage[Settings.InfectedAction] = "quarantine";
        _stage[Settings.QuarantineBucket] = await _aws.CreateBucketAsync();
    }
}
