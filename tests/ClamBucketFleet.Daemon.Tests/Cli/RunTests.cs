using System.Text;
using ClamBucketFleet.Options;
using ClamBucketFleet.TestKit;
using Shouldly;
using Xunit;

namespace ClamBucketFleet.Daemon.Tests.Cli;

/// <summary>How <c>run</c> begins and ends.</summary>
public sealed class RunTests(MotoFixture moto, ClamdFixture clamd) : IDisposable
{
    private const int Limit = 60_000;

    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(40);

    private readonly Stage _stage = new Stage().With(clamd.Server).With(moto.Server);
    private readonly AwsStage _aws = new(moto.Server);

    public void Dispose()
    {
        _aws.Dispose();
        _stage.Dispose();
    }

    [Fact(Timeout = Limit)]
    public async Task A_drain_of_an_empty_queue_ends_with_0()
    {
        await UseQueueAsync();

        var result = await _stage.RunAsync("run", "--drain", "--idle", "1s");

        result.ExitCode.ShouldBe(0, result.Error);
        result.Output.ShouldBeEmpty();
        result.Error.ShouldContain("Ready: 0 messages wait, 0 are in flight\n");
        result.Error.ShouldContain("The queue has been empty for 1s: done\n");
        result.Error.ShouldNotContain("warn ");
        _stage.Logged().ShouldContain("\"@m\":\"The queue has been empty for 1s: done\"");
    }

    [Fact(Timeout = Limit)]
    public async Task A_drain_does_not_end_on_one_count_that_missed_a_message()
    {
        // At the start, once wrong, once right, and then empty in truth.
        string[] counts = ["1", "0", "1", "0", "0"];
        var asked = 0;
        using var sqs = new LoopbackAws(async context =>
        {
            var isCount = context.Request.Headers["X-Amz-Target"] == "AmazonSQS.GetQueueAttributes";
            var count = isCount ? counts[Math.Min(Interlocked.Increment(ref asked), counts.Length) - 1] : "";
            context.Response.ContentType = "application/x-amz-json-1.0";
            await context.Response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes(isCount
                ? $$$"""{"Attributes":{"ApproximateNumberOfMessages":"{{{count}}}","ApproximateNumberOfMessagesNotVisible":"0"}}"""
                : "{}"));
        });
        _stage.Set("AWS_ENDPOINT_URL_SQS", sqs.Endpoint);
        _stage[Settings.QueueUrl] = $"{sqs.Endpoint}123456789012/queue";

        var result = await _stage.RunAsync("run", "--drain", "--idle", "500ms");

        result.ExitCode.ShouldBe(0, result.Error);
        asked.ShouldBe(counts.Length);
    }

    [Fact(Timeout = Limit)]
    public async Task Told_to_stop_while_idle_it_ends_with_0()
    {
        await UseQueueAsync();
        await using var daemon = _stage.Start("run");
        await daemon.WaitForLineAsync("Ready: ", Soon, Stage.Cancellation);

        daemon.Send(Signal.Terminate);

        (await daemon.WaitForExitAsync(Stage.Cancellation)).ShouldBe(0, daemon.Error.ToString());
        daemon.Error.Lines.ShouldContain(line => line.Contains("Stopping: 0 in work", StringComparison.Ordinal));
    }

    [Theory(Timeout = Limit)]
    [InlineData(Signal.Terminate)]
    [InlineData(Signal.Interrupt)]
    public async Task Told_to_stop_before_it_is_ready_it_ends_with_0(Signal signal)
    {
        await UseQueueAsync();
        _stage[Settings.ScanClamdAddress] = _stage.Directory.Combine("no.sock");
        await using var daemon = _stage.Start("run");
        await daemon.WaitForLineAsync("No work is taken: There is no socket", Soon, Stage.Cancellation);

        daemon.Send(signal);

        (await daemon.WaitForExitAsync(Stage.Cancellation)).ShouldBe(0, daemon.Error.ToString());
        daemon.Error.ToString().ShouldContain("Stopped before it was ready: nothing was begun");
        daemon.Error.ToString().ShouldNotContain("Exception");
    }

    [Fact(Timeout = Limit)]
    public async Task Without_a_queue_it_ends_with_78()
    {
        var result = await _stage.RunAsync("run");

        result.ExitCode.ShouldBe(78);
        result.Error.ShouldStartWith("clambucketfleet: Queue:Url is not set: give the URL of the scan queue");
    }

    [Fact(Timeout = Limit)]
    public async Task A_queue_that_does_not_exist_ends_with_78_and_the_log_says_so()
    {
        _stage[Settings.QueueUrl] = $"{moto.Server.Endpoint}123456789012/nowhere";

        var result = await _stage.RunAsync("run");

        result.ExitCode.ShouldBe(78, result.Error);
        result.Error.ShouldContain("error The daemon cannot go on: Asking for the attributes of ");
        result.Error.ShouldContain("Check Queue:Url, its account and its region.");
        result.Error.ShouldNotContain("   at ");
        _stage.Logged().ShouldContain("The daemon cannot go on: Asking for the attributes of ");
    }

    [Fact(Timeout = Limit)]
    public async Task A_queue_that_is_deleted_meanwhile_ends_with_78()
    {
        var queue = await UseQueueAsync();
        await using var daemon = _stage.Start("run");
        await daemon.WaitForLineAsync("Ready: ", Soon, Stage.Cancellation);

        await _aws.DeleteQueueAsync(queue.Url);

        (await daemon.WaitForExitAsync(Stage.Cancellation)).ShouldBe(78, daemon.Error.ToString());
        daemon.Error.ToString().ShouldContain("error The daemon cannot go on: Receiving from ");
    }

    [Fact(Timeout = Limit)]
    public async Task A_log_directory_that_cannot_be_written_is_said_once_and_keeps_nothing_from_working()
    {
        await UseQueueAsync();
        _stage[Settings.LogDirectory] = "/proc/nowhere";

        var result = await _stage.RunAsync("run", "--drain", "--idle", "1s");

        result.ExitCode.ShouldBe(0, result.Error);
        result.Error.Split('\n').Count(line => line.Contains("Nothing is logged to files in /proc/nowhere", StringComparison.Ordinal))
            .ShouldBe(1);
    }

    private async Task<QueuePair> UseQueueAsync()
    {
        var queue = await _aws.CreateQueueAsync();
        _stage[Settings.QueueUrl] = queue.Url;
        _stage[Settings.QueueWaitTime] = "1s";
        return queue;
    }
}
