using ClamBucketFleet.Core.Tests.Fakes;
using Microsoft.Extensions.Logging;
using Shouldly;
using Xunit;

namespace ClamBucketFleet.Core.Tests.Pipeline;

public sealed class MessageHandlingTests
{
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(2);
    private readonly Rig _rig = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = 10_000)]
    public async Task Finished_messages_are_deleted_in_batches_of_at_most_ten()
    {
        var rig = new Rig(("Scan:Concurrency", "30"));
        await using var running = new RunningWorker(rig);
        rig.Queue.Send([.. Enumerable.Range(0, 25).Select(i => Some.Message($"m{i}", Some.Request($"k{i}")))]);

        await rig.RunClockUntilAsync(() => rig.Queue.Deleted.Count() == 25, Token);

        rig.Queue.Deletes.ShouldAllBe(batch => batch.Length <= 10);
        rig.Queue.Deleted.ShouldBeUnique();
    }

    [Fact(Timeout = 10_000)]
    public async Task A_delete_that_is_refused_is_tried_again_and_then_given_up()
    {
        _rig.Queue.OnDelete = messages => messages;
        await RunAsync(Some.Message("m", Some.Request("k")), () => _rig.Lines.Any(line => line.Event == 14));

        _rig.Queue.Deletes.Count.ShouldBe(4);
    }

    [Fact(Timeout = 10_000)]
    public async Task A_fault_while_deleting_does_not_end_deleting()
    {
        var deletes = 0;
        _rig.Queue.OnDelete = _ => ++deletes == 1 ? throw new FormatException("unexpected") : [];

        await RunAsync(Some.Message("m", Some.Request("k")), () => deletes == 2);

        _rig.Queue.Deleted.ShouldBe(["m", "m"]);
    }

    [Fact(Timeout = 10_000)]
    public async Task A_poison_message_is_logged_once_without_its_body_and_goes_back()
    {
        await RunAsync(
            () => _rig.Queue.Returned(Lease).Count() == 2,
            Some.Message("first", "the customer's secret"),
            Some.Message("again", "the customer's secret", receiveCount: 2));

        var line = _rig.Lines.Where(line => line.Level == LogLevel.Error).ShouldHaveSingleItem();
        line.Text.ShouldContain("first");
        _rig.Lines.ShouldAllBe(l => !l.Text.Contains("secret", StringComparison.Ordinal));
        _rig.Queue.Deletes.ShouldBeEmpty();
    }

    [Fact(Timeout = 10_000)]
    public async Task One_object_that_fails_does_not_stop_the_others_and_the_message_goes_back()
    {
        _rig.Store.OnOpen = reference => reference.Key == "b"
            ? throw new TryAgainException("no b")
            : FakeStore.Open(reference, Some.Content);

        await RunAsync(Some.Message("m", Some.Request("a", "b", "c")), () => _rig.Queue.Returned(Lease).Any());

        _rig.Journal.ShouldBe(["open bucket/a", "open bucket/b", "open bucket/c"]);
        _rig.Queue.Returned(Lease).ShouldBe([("m", TimeSpan.FromSeconds(1))]);
        _rig.Queue.Deletes.ShouldBeEmpty();
        _rig.Lines.ShouldContain(line => line.Event == 11 && line.Text.Contains("no b", StringComparison.Ordinal));
    }

    [Fact(Timeout = 10_000)]
    public async Task A_fault_of_the_program_in_one_object_does_not_stop_the_others()
    {
        _rig.Store.OnOpen = reference => reference.Key == "a"
            ? throw new FormatException("unexpected")
            : FakeStore.Open(reference, Some.Content);

        await RunAsync(Some.Message("m", Some.Request("a", "b")), () => _rig.Queue.Returned(Lease).Any());

        _rig.Journal.ShouldBe(["open bucket/a", "open bucket/b"]);
        _rig.Lines.ShouldContain(line => line.Event == 16);
    }

    [Fact(Timeout = 10_000)]
    public async Task A_fault_of_the_program_does_not_end_the_worker()
    {
        _rig.Store.OnOpen = reference => reference.Key == "bad"
            ? throw new FormatException("unexpected")
            : FakeStore.Open(reference, Some.Content);
        _rig.Queue.OnVisibility = (_, after, _) => after == Lease ? Task.CompletedTask : throw new FormatException("unexpected too");

        await RunAsync(
            () => _rig.Queue.Deleted.Contains("good"),
            Some.Message("bad", Some.Request("bad")),
            Some.Message("good", Some.Request("good")));

        _rig.Queue.Deleted.ShouldBe(["good"]);
    }

    [Theory(Timeout = 10_000)]
    [InlineData(1, 1)]
    [InlineData(2, 2)]
    [InlineData(3, 4)]
    [InlineData(30, 120)]
    public async Task A_message_that_fails_waits_longer_each_time(int receiveCount, int seconds)
    {
        _rig.Store.OnOpen = _ => throw new TryAgainException("no");

        await RunAsync(Some.Message("m", Some.Request("k"), receiveCount), () => !_rig.Queue.Visibility.IsEmpty);

        _rig.Queue.Visibility.First().ShouldBe(("m", TimeSpan.FromSeconds(seconds)));
    }

    [Theory(Timeout = 10_000)]
    [InlineData(3, 2, 0)]
    [InlineData(3, 3, 1)]
    [InlineData(null, 9, 0)]
    public async Task The_last_delivery_is_the_one_before_the_dead_letter_queue(int? max, int receiveCount, int alerts)
    {
        _rig.Queue.Facts = _rig.Queue.Facts with { MaxReceiveCount = max };
        _rig.Store.OnOpen = _ => throw new TryAgainException("no");

        await RunAsync(Some.Message("m", Some.Request("k"), receiveCount), () => !_rig.Queue.Visibility.IsEmpty);

        _rig.Alerts.Taken.Count(alert => alert.Status == "PROCESSING_ERROR").ShouldBe(alerts);
    }

    [Fact(Timeout = 10_000)]
    public async Task An_engine_that_cannot_scan_stops_the_receiving_until_it_proves_itself()
    {
        _rig.Engine.OnScan = (_, _) => throw new ScannerUnavailableException("the socket is gone");
        _rig.Engine.OnDescribe = _ => _rig.Engine.Scans == 0 ? Task.CompletedTask : throw new ScannerUnavailableException("still gone");

        await RunAsync(Some.Message("m", Some.Request("k")), () => _rig.Lines.Count(line => line.Event == 20) == 2);

        _rig.Fitness.Unfitness.ShouldBe("still gone");
        _rig.Queue.Returned(Lease).ShouldBe([("m", TimeSpan.FromSeconds(1))]);
    }

    [Fact(Timeout = 10_000)]
    public async Task A_message_with_an_invalid_receipt_is_given_up_and_left_to_whom_it_belongs()
    {
        _rig.Engine.OnScan = (_, ct) => Task.Delay(Timeout.InfiniteTimeSpan, _rig.Clock, ct);
        _rig.Queue.OnVisibility = (_, _, _) => throw new LeaseLostException("the receipt is not valid");

        _rig.Queue.Send(Some.Message("m", Some.Request("k")));
        await using var running = new RunningWorker(_rig);
        await Rig.UntilAsync(() => _rig.Engine.Scans == 1, Token);
        await _rig.RunClockUntilAsync(() => _rig.Counters.InWork == 0, Token, seconds: 10);

        _rig.Lines.ShouldContain(line => line.Event == 13);
        _rig.Queue.Visibility.ShouldBe([("m", Lease)]);
        _rig.Queue.Deletes.ShouldBeEmpty();
        _rig.Alerts.Taken.ShouldBeEmpty();
    }

    [Fact(Timeout = 10_000)]
    public async Task Time_in_the_queue_counts_from_the_event()
    {
        _rig.Clock.Advance(TimeSpan.FromSeconds(90));
        _rig.Engine.Finds = ["Eicar"];
        var body = Messages.Bodies.Created("k").Replace("2026-01-01T00:00:00.123Z", "2026-01-01T00:01:00Z", StringComparison.Ordinal);

        _rig.Queue.Send(Some.Message("m", body));
        await using var running = new RunningWorker(_rig);
        await Rig.UntilAsync(() => !_rig.Alerts.Taken.IsEmpty, Token);

        _rig.Alerts.Taken.Single().Seconds.Queued.ShouldBe(30);
    }

    private Task RunAsync(QueueMessage message, Func<bool> until) => RunAsync(until, message);

    private async Task RunAsync(Func<bool> until, params QueueMessage[] messages)
    {
        _rig.Queue.Send(messages);
        await using var running = new RunningWorker(_rig);
        await Rig.UntilAsync(() => !_rig.Queue.Asked.IsEmpty, Token);
        await Rig.UntilAsync(() => _rig.Engine.Described > 0, Token);
        await _rig.RunClockUntilAsync(until, Token);
    }
}
