using ClamBucketFleet.Options;
using ClamBucketFleet.TestKit;
using Shouldly;
using Xunit;

namespace ClamBucketFleet.Daemon.Tests.Cli;

/// <summary>How <c>scan</c> ends when the services that it needs fail.</summary>
public sealed class FailureTests(ClamdFixture clamd) : IDisposable
{
    private const int Limit = 60_000;

    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(30);

    private readonly Stage _stage = new Stage().With(clamd.Server)
        .Set("AWS_ACCESS_KEY_ID", "test").Set("AWS_SECRET_ACCESS_KEY", "test").Set("AWS_REGION", "eu-west-1")
        .Set("AWS_MAX_ATTEMPTS", "1").Set("AWS_EC2_METADATA_DISABLED", "true");

    public void Dispose() => _stage.Dispose();

    [Theory(Timeout = Limit)]
    [InlineData(503, "SlowDown")]
    [InlineData(503, "ServiceUnavailable")]
    [InlineData(500, "InternalError")]
    public async Task A_service_that_asks_for_patience_ends_with_75(int status, string code)
    {
        using var s3 = LoopbackAws.Refusing(status, code);
        _stage.Set("AWS_ENDPOINT_URL", s3.Endpoint);

        var result = await _stage.RunAsync("scan", "s3://bucket/key");

        result.ExitCode.ShouldBe(75, result.Error);
        result.Error.ShouldStartWith("clambucketfleet: Opening s3://bucket/key: Please wait (");
        result.Error.Count(c => c == '\n').ShouldBe(1);
    }

    [Fact(Timeout = Limit)]
    public async Task A_service_that_does_not_answer_ends_with_69()
    {
        _stage.Set("AWS_ENDPOINT_URL", $"http://127.0.0.1:{FreePort.Find()}");

        var result = await _stage.RunAsync("scan", "s3://bucket/key");

        result.ExitCode.ShouldBe(69);
        result.Error.ShouldStartWith("clambucketfleet: Opening s3://bucket/key: Connection refused");
        result.Error.ShouldContain("Check network, DNS and endpoint.");
    }

    [Fact(Timeout = Limit)]
    public async Task A_refused_permission_ends_with_78_and_names_what_it_takes()
    {
        using var s3 = LoopbackAws.Refusing(403, "AccessDenied");
        _stage.Set("AWS_ENDPOINT_URL", s3.Endpoint);

        var result = await _stage.RunAsync("scan", "s3://bucket/key");

        result.ExitCode.ShouldBe(78);
        result.Error.ShouldContain("s3:GetObject");
        result.Error.Count(c => c == '\n').ShouldBe(1);
    }

    [Fact(Timeout = Limit)]
    public async Task Without_a_region_the_scan_ends_with_78()
    {
        _stage.Set("AWS_REGION", "");

        var result = await _stage.RunAsync("scan", "s3://bucket/key");

        result.ExitCode.ShouldBe(78);
        result.Error.ShouldBe(
            "clambucketfleet: No AWS region is known. Set Aws:Region, or AWS_REGION in the environment.\n");
    }

    [Fact(Timeout = Limit)]
    public async Task A_clamd_that_dies_in_the_middle_of_a_scan_gives_no_verdict()
    {
        var result = await ScanWhileClamdDiesAsync("clamd");

        result.ExitCode.ShouldBe(69, result.Error);
        result.Output.ShouldBeEmpty();
        result.Error.ShouldContain("clamd");
    }

    [Fact(Timeout = Limit)]
    public async Task Where_clamscan_can_stand_in_a_dying_clamd_costs_another_attempt_or_nothing()
    {
        var result = await ScanWhileClamdDiesAsync("auto");

        // Nothing, where clamd was gone before it got a byte: then clamscan has all of it.
        result.ExitCode.ShouldBeOneOf(0, 75);
        result.Output.Contains("CLEAN", StringComparison.Ordinal).ShouldBe(result.ExitCode == 0, result.Output);
        result.Error.ShouldContain("Scanning with clamscan until clamd is back");
    }

    [Fact(Timeout = Limit)]
    public async Task An_interrupted_scan_ends_without_a_verdict()
    {
        var (halted, go) = (new TaskCompletionSource(), new TaskCompletionSource());
        using var s3 = LoopbackAws.Halting(new byte[4 << 20], () =>
        {
            halted.SetResult();
            return go.Task;
        });
        _stage.Set("AWS_ENDPOINT_URL", s3.Endpoint);
        await using var scan = _stage.Start("scan", "s3://bucket/key");
        await halted.Task.WaitAsync(Soon, Stage.Cancellation);

        scan.Send(Signal.Interrupt);

        (await scan.WaitForExitAsync(Stage.Cancellation)).ShouldBe(75);
        go.SetResult();
        scan.Output.Lines.ShouldBeEmpty();
        scan.Error.Lines.ShouldBe(["clambucketfleet: interrupted"]);
    }

    private async Task<CommandResult> ScanWhileClamdDiesAsync(string engine)
    {
        await using var own = await ClamdServer.StartAsync(Stage.Cancellation);
        _stage.With(own)[Settings.ScanEngine] = engine;
        using var s3 = LoopbackAws.Halting(new byte[4 << 20], own.KillAsync);
        _stage.Set("AWS_ENDPOINT_URL", s3.Endpoint);
        return await _stage.RunAsync("scan", "s3://bucket/key");
    }
}
