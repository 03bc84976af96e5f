using ClamBucketFleet.Core.Tests.Fakes;
using Shouldly;
using Xunit;

namespace ClamBucketFleet.Core.Tests.Pipeline;

/// <summary>Parts that hang and heed no cancellation are found out; parts that are slow for a reason are not.</summary>
public sealed class HangTests
{
    private readonly TaskCompletionSource _never = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = 30_000)]
    public async Task A_receive_loop_that_hangs_is_found_out()
    {
        var rig = new Rig();
        rig.Queue.OnReceive = () => _never.Task;
        await using var running = new RunningWorker(rig);
        using var release = new Release(_never);

        await LateAsync(rig, "The receive loop", "(it was receiving)");
    }

    [Fact(Timeout = 30_000)]
    public async Task A_queue_that_never_answers_is_asked_again_and_is_no_hanging()
    {
        var rig = new Rig();
        rig.Queue.OnPoll = token => Task.Delay(Timeout.InfiniteTimeSpan, rig.Clock, token);
        await using var running = new RunningWorker(rig);

        await RunAsync(
            rig,
            () => NotLate(rig) && rig.Lines.Count(line => line.Text.Contains("There was no answer within 80s", StringComparison.Ordinal)) >= 5);
    }

    [Fact(Timeout = 30_000)]
    public async Task An_engine_that_is_away_for_long_is_no_hanging()
    {
        var rig = new Rig();
        rig.Engine.Broken = new ScannerUnavailableException("no socket");
        await using var running = new RunningWorker(rig);

        await RunAsync(rig, () => NotLate(rig) && rig.Clock.GetUtcNow() - Some.Now > TimeSpan.FromMinutes(40));
        rig.Engine.Described.ShouldBeGreaterThan(10);
    }

    [Fact(Timeout = 30_000)]
    public async Task An_engine_that_answers_no_question_and_no_cancellation_is_found_out()
    {
        var rig = new Rig();
        rig.Engine.OnDescribe = _ => _never.Task;
        await using var running = new RunningWorker(rig);
        using var release = new Release(_never);

        await LateAsync(rig, "The watch over the engine", "(it was having the engine prove itself)");
    }

    [Fact(Timeout = 30_000)]
    public async Task A_scan_that_takes_all_of_its_time_while_every_place_is_taken_is_no_hanging()
    {
        var rig = new Rig(("Scan:Concurrency", "1"), ("Scan:Timeout", "40m"));
        rig.Engine.OnScan = (_, token) => Task.Delay(TimeSpan.FromMinutes(39), rig.Clock, token);
        rig.Queue.Send(Some.Message("m", Some.Request("k")));
        await using var running = new RunningWorker(rig);
        await Rig.UntilAsync(() => rig.Engine.Scans == 1, Token);

        await RunAsync(rig, () => NotLate(rig) && rig.Queue.Deleted.Any());
        (rig.Clock.GetUtcNow() - Some.Now).ShouldBeGreaterThan(TimeSpan.FromMinutes(39));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_scan_that_heeds_no_limit_is_found_out()
    {
        var rig = new Rig(("Scan:Timeout", "5m"));
        rig.Engine.OnScan = (_, _) => _never.Task;
        rig.Queue.Send(Some.Message("m", Some.Request("k")));
        await using var running = new RunningWorker(rig);
        using var release = new Release(_never);

        await LateAsync(rig, "The work on message m", "(it was scanning)");
        (rig.Clock.GetUtcNow() - Some.Now).ShouldBeGreaterThan(TimeSpan.FromMinutes(5));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_deletion_that_hangs_is_found_out()
    {
        var rig = new Rig();
        rig.Queue.OnDeleteBegins = () => _never.Task;
        rig.Queue.Send(Some.Message("m", Some.Request("k")));
        await using var running = new RunningWorker(rig);
        using var release = new Release(_never);

        await LateAsync(rig, "The deletion of finished messages", "(it was asking the queue)");
    }

    // Whatever else waits for what hangs is not what is named.
    private static async Task LateAsync(Rig rig, string part, string doing)
    {
        await RunAsync(rig, () => rig.Liveness.Late() is not null);
        var late = rig.Liveness.Late().ShouldNotBeNull();
        late.ShouldStartWith(part);
        late.ShouldEndWith(doing);
    }

    // In short runs: a long one would look ever less often. In steps that are shorter than any margin.
    private static async Task RunAsync(Rig rig, Func<bool> until)
    {
        while (!until())
        {
            var next = rig.Clock.GetUtcNow() + TimeSpan.FromMinutes(2);
            await rig.RunClockUntilAsync(() => until() || rig.Clock.GetUtcNow() >= next, Token, seconds: 30);
        }
    }

    private static bool NotLate(Rig rig)
    {
        rig.Liveness.Late().ShouldBeNull();
        return true;
    }

    private sealed class Release(TaskCompletionSource hanging) : IDisposable
    {
        public void Dispose() => hanging.TrySetResult();
    }
}
