using ClamBucketFleet.Core.Tests.Fakes;
using Shouldly;
using Xunit;

namespace ClamBucketFleet.Core.Tests.Pipeline;

public sealed class WorkerTests
{
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(2);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = 10_000)]
    public async Task It_receives_only_as_many_messages_as_there_are_free_places()
    {
        var rig = new Rig(("Scan:Concurrency", "3"));
        var gate = Gate(rig);
        rig.Queue.Send([.. Messages(5)]);
        await using var running = new RunningWorker(rig);

        await Rig.UntilAsync(() => rig.Engine.Scans == 3, Token);
        rig.Queue.Asked.ShouldBe([3]);

        gate.SetResult();
        await rig.RunClockUntilAsync(() => rig.Queue.Deleted.Count() == 5, Token);
        rig.Queue.Asked.ShouldAllBe(asked => asked <= 3);
    }

    [Fact(Timeout = 10_000)]
    public async Task A_place_is_free_before_its_message_is_deleted()
    {
        var rig = new Rig(("Scan:Concurrency", "1"));
        var deleting = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        rig.Queue.OnDeleteBegins = () => deleting.Task;
        rig.Queue.Send([.. Messages(3)]);
        await using var running = new RunningWorker(rig);

        await Rig.UntilAsync(() => rig.Engine.Scans == 3, Token);

        rig.Counters.InWork.ShouldBe(3);
        deleting.SetResult();
        await rig.RunClockUntilAsync(() => rig.Queue.Deleted.Count() == 3, Token);
    }

    [Fact(Timeout = 10_000)]
    public async Task Objects_that_wait_for_others_of_their_size_hold_up_nobody()
    {
        var rig = new Rig(("Scan:Concurrency", "2"));
        var turn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var waiting = 0;
        rig.Engine.OnTurn = (_, ct) => Interlocked.Increment(ref waiting) <= 5 ? turn.Task.WaitAsync(ct) : Task.CompletedTask;
        rig.Queue.Send([.. Messages(8)]);
        await using var running = new RunningWorker(rig);

        await Rig.UntilAsync(() => rig.Engine.Scans == 3, Token);

        turn.SetResult();
        await rig.RunClockUntilAsync(() => rig.Queue.Deleted.Count() == 8, Token);
    }

    [Fact(Timeout = 10_000)]
    public async Task It_asks_for_no_more_than_a_queue_gives()
    {
        var rig = new Rig(("Scan:Concurrency", "25"));
        await using var running = new RunningWorker(rig);

        await Rig.UntilAsync(() => !rig.Queue.Asked.IsEmpty, Token);

        rig.Queue.Asked.First().ShouldBe(10);
    }

    [Fact(Timeout = 10_000)]
    public async Task A_message_whose_scan_outlives_its_lease_is_not_scanned_twice()
    {
        var rig = new Rig();
        var gate = Gate(rig);
        rig.Queue.Send([.. Messages(1)]);
        await using var running = new RunningWorker(rig);
        await Rig.UntilAsync(() => rig.Engine.Scans == 1, Token);

        for (var renewals = 1; renewals <= 6; renewals++)
            await rig.RunClockUntilAsync(() => rig.Queue.Visibility.Count >= renewals, Token, seconds: 20);

        gate.SetResult();
        await rig.RunClockUntilAsync(() => rig.Queue.Deleted.Any(), Token);
        rig.Queue.Returned(Lease).ShouldBeEmpty();
        rig.Engine.Scans.ShouldBe(1);
    }

    [Fact(Timeout = 10_000)]
    public async Task What_it_has_not_begun_when_it_stops_it_hands_back_at_once()
    {
        var rig = new Rig();
        rig.Queue.Send([.. Messages(2)]);
        using var stop = new CancellationTokenSource();
        rig.Queue.ReceiveFailure = () =>
        {
            stop.Cancel();
            return null;
        };
        await using var running = new RunningWorker(rig, stop: stop);

        await running.EndAsync(Token);

        rig.Engine.Scans.ShouldBe(0);
        rig.Queue.Visibility.Order().ShouldBe([("m0", TimeSpan.Zero), ("m1", TimeSpan.Zero)]);
        rig.Queue.Deletes.ShouldBeEmpty();
    }

    [Fact(Timeout = 10_000)]
    public async Task What_it_has_begun_when_it_stops_it_ends()
    {
        var rig = new Rig();
        var gate = Gate(rig);
        rig.Queue.Send([.. Messages(1)]);
        await using var running = new RunningWorker(rig);
        await Rig.UntilAsync(() => rig.Engine.Scans == 1, Token);

        await running.Stop.CancelAsync();
        running.Work.IsCompleted.ShouldBeFalse();
        gate.SetResult();
        await running.EndAsync(Token);

        rig.Queue.Deleted.ShouldBe(["m0"]);
        rig.Lines.ShouldContain(line => line.Event == 18);
    }

    [Fact(Timeout = 10_000)]
    public async Task What_is_abandoned_goes_back_at_once()
    {
        var rig = new Rig();
        Gate(rig);
        rig.Queue.Send([.. Messages(1)]);
        await using var running = new RunningWorker(rig);
        await Rig.UntilAsync(() => rig.Engine.Scans == 1, Token);

        await running.Stop.CancelAsync();
        await running.Abandon.CancelAsync();
        await running.EndAsync(Token);

        rig.Queue.Visibility.ShouldBe([("m0", TimeSpan.Zero)]);
        rig.Alerts.Taken.ShouldBeEmpty();
    }

    [Fact(Timeout = 10_000)]
    public async Task Work_that_fails_because_it_is_abandoned_goes_back_at_once_as_well()
    {
        var rig = new Rig();
        rig.Engine.OnScan = async (_, ct) =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, rig.Clock, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw new TryAgainException("cut off");
        };
        rig.Queue.Send([.. Messages(1)]);
        await using var running = new RunningWorker(rig);
        await Rig.UntilAsync(() => rig.Engine.Scans == 1, Token);

        await running.Abandon.CancelAsync();
        await running.Stop.CancelAsync();
        await running.EndAsync(Token);

        rig.Queue.Visibility.ShouldBe([("m0", TimeSpan.Zero)]);
    }

    [Fact(Timeout = 10_000)]
    public async Task A_queue_that_cannot_be_reached_is_asked_ever_less()
    {
        var rig = new Rig();
        rig.Queue.ReceiveFailure = () => new ServiceUnreachableException("away");
        await using var running = new RunningWorker(rig);

        await rig.RunClockUntilAsync(() => Waits(rig).Count() >= 8, Token, seconds: 10);

        Waits(rig).Take(8).ShouldBe(["0.5", "1", "2", "4", "8", "16", "30", "30"]);
        rig.Queue.ReceiveFailure = () => null;
        rig.Queue.Send([.. Messages(1)]);
        await rig.RunClockUntilAsync(() => rig.Queue.Deleted.Any(), Token, seconds: 10);
    }

    [Fact(Timeout = 10_000)]
    public async Task A_queue_that_is_gone_ends_the_worker()
    {
        var rig = new Rig();
        rig.Queue.ReceiveFailure = () => new FatalConfigurationException("no such queue");
        var work = rig.Worker.RunAsync(rig.Queue.Facts, null, Token, Token);
        var watch = rig.Fitness.RunAsync(rig.Consequences, rig.Liveness, Token);

        await Should.ThrowAsync<FatalConfigurationException>(work);
        watch.IsCompleted.ShouldBeFalse();
    }

    [Fact(Timeout = 10_000)]
    public async Task Nothing_is_received_until_the_engine_is_fit()
    {
        var rig = new Rig();
        rig.Engine.Broken = new ScannerUnavailableException("no socket");
        await using var running = new RunningWorker(rig);
        await Rig.UntilAsync(() => rig.Lines.Any(line => line.Event == 20), Token);
        rig.Queue.Asked.ShouldBeEmpty();

        rig.Engine.Broken = null;
        await rig.RunClockUntilAsync(() => rig.Queue.Asked.Count == 1, Token);
    }

    [Theory(Timeout = 10_000)]
    [InlineData(1, 0)]
    [InlineData(0, 1)]
    public async Task One_shot_ends_when_the_queue_is_really_empty(int waiting, int inFlight)
    {
        var rig = new Rig();
        rig.Queue.Facts = rig.Queue.Facts with { Waiting = waiting, InFlight = inFlight };
        rig.Queue.Send([.. Messages(1)]);
        await using var running = new RunningWorker(rig, untilEmptyFor: TimeSpan.FromSeconds(5));

        await rig.RunClockUntilAsync(() => rig.Queue.Asked.Count == 4, Token, seconds: 5);
        running.Work.IsCompleted.ShouldBeFalse();

        rig.Queue.Facts = rig.Queue.Facts with { Waiting = 0, InFlight = 0 };
        await rig.RunClockUntilAsync(() => running.Work.IsCompleted, Token, seconds: 5);
        rig.Queue.Deleted.ShouldBe(["m0"]);
        await running.Work;
    }

    private static IEnumerable<string> Waits(Rig rig) =>
        rig.Lines.Where(line => line.Event == 15).Select(line => line.Text.Split("next try in ")[1].Split(' ')[0]);

    private static IEnumerable<QueueMessage> Messages(int count) =>
        Enumerable.Range(0, count).Select(i => Some.Message($"m{i}", Some.Request($"k{i}")));

    private static TaskCompletionSource Gate(Rig rig)
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        rig.Engine.OnScan = (_, ct) => gate.Task.WaitAsync(ct);
        return gate;
    }
}
