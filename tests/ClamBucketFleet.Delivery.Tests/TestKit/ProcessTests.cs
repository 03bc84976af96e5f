using ClamBucketFleet.TestKit;
using Shouldly;
using Xunit;

namespace ClamBucketFleet.Delivery.Tests.TestKit;

public sealed class ProcessTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(10);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact(Timeout = 30_000)]
    public async Task A_command_gives_its_exit_code_and_both_streams()
    {
        var result = await Shell("echo out; echo err >&2; exit 7").RunAsync(Cancellation);

        result.ShouldBe(new CommandResult(7, "out\n", "err\n"));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_line_can_be_waited_for_before_and_after_it_was_written()
    {
        await using var process = Shell("trap 'echo caught it; exit 3' TERM; echo ready; while :; do sleep 0.05; done").Start();

        (await process.WaitForLineAsync("ready", Soon, Cancellation)).ShouldBe("ready");
        process.Send(Signal.Terminate);
        (await process.WaitForExitAsync(Cancellation)).ShouldBe(3);

        (await process.WaitForLineAsync("caught", Soon, Cancellation)).ShouldBe("caught it");
        var missing = await Should.ThrowAsync<TimeoutException>(process.WaitForLineAsync("never", Soon, Cancellation));
        missing.Message.ShouldContain("caught it");
    }

    [Fact(Timeout = 30_000)]
    public async Task A_process_that_ignores_the_request_to_end_is_killed_with_its_descendants()
    {
        var process = Shell("trap '' TERM; sleep 600 & echo child $!; wait").Start();
        var child = (await process.WaitForLineAsync("child ", Soon, Cancellation))["child ".Length..];

        await process.StopAsync(grace: TimeSpan.FromMilliseconds(100));

        process.ExitCode.ShouldBe(128 + (int)Signal.Kill);
        // Gone, or a zombie where nobody collects orphans.
        await Eventually.UntilAsync(() => Statistics(child) is null or { } and not "R" and not "S", Soon, Cancellation);
        await process.DisposeAsync();
    }

    [Fact(Timeout = 30_000)]
    public async Task What_never_becomes_true_is_named()
    {
        var never = false;

        var failure = await Should.ThrowAsync<TimeoutException>(
            Eventually.UntilAsync(() => never, TimeSpan.FromMilliseconds(50), Cancellation));

        failure.Message.ShouldContain("never");
    }

    private static Command Shell(string script) => new("/bin/bash", "-c", script);

    private static string? Statistics(string pid)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid}/stat").Split(") ")[1][..1];
        }
        catch (IOException)
        {
            return null;
        }
    }
}
