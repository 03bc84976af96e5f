using System.Collections.Concurrent;
using ClamBucketFleet.Core.Tests.Fakes;
using ClamBucketFleet.Pipeline;
using ClamBucketFleet.TestKit;
using Shouldly;
using Xunit;

namespace ClamBucketFleet.Core.Tests.Pipeline;

public sealed class MessageLeaseTests
{
    private static readonly TimeSpan Length = TimeSpan.FromMinutes(2);
    private readonly ManualTimeProvider _clock = new(Some.Now);
    private readonly ConcurrentQueue<LogLine> _lines = [];
    private readonly FakeQueue _queue;

    public MessageLeaseTests() => _queue = new FakeQueue(_clock);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = 10_000)]
    public async Task A_lease_is_renewed_each_third_of_its_length()
    {
        await using var lease = Start();

        for (var renewals = 1; renewals <= 5; renewals++)
        {
            await AdvanceAsync(Length / 3);
            await Rig.UntilAsync(() => _queue.Visibility.Count == renewals, Token);
        }

        _queue.Visibility.ShouldAllBe(v => v.Id == "m" && v.After == Length);
        lease.Lost.IsCancellationRequested.ShouldBeFalse();
    }

    [Fact(Timeout = 10_000)]
    public async Task A_renewal_may_fail_once()
    {
        await using var lease = Start();
        _queue.OnVisibility = (_, _, _) => throw new ServiceUnreachableException("away");
        await AdvanceAsync(Length / 3);
        await Rig.UntilAsync(() => _lines.Count == 1, Token);
        _queue.OnVisibility = (_, _, _) => Task.CompletedTask;

        await AdvanceAsync(Length / 12);
        await Rig.UntilAsync(() => _queue.Visibility.Count == 2, Token);

        await AdvanceAsync(Length / 3);
        await Rig.UntilAsync(() => _queue.Visibility.Count == 3, Token);
        lease.Lost.IsCancellationRequested.ShouldBeFalse();
    }

    [Fact(Timeout = 10_000)]
    public async Task A_lease_that_cannot_be_renewed_until_its_end_is_lost()
    {
        await using var lease = Start();
        _queue.OnVisibility = (_, _, _) => throw new ServiceUnreachableException("away");

        await AdvanceAsync(Length / 3);
        for (var i = 0; i < 8; i++)
        {
            lease.Lost.IsCancellationRequested.ShouldBeFalse();
            await AdvanceAsync(Length / 12);
        }

        await Rig.UntilAsync(() => lease.Lost.IsCancellationRequested, Token);
    }

    [Fact(Timeout = 10_000)]
    public async Task A_lease_whose_renewal_gets_no_answer_is_lost_at_its_end()
    {
        await using var lease = Start();
        _queue.OnVisibility = (_, _, ct) => Task.Delay(Timeout.InfiniteTimeSpan, _clock, ct);

        await AdvanceAsync(Length / 3);
        await Rig.UntilAsync(() => _queue.Visibility.Count == 1, Token);
        _clock.Advance(Length);

        await Rig.UntilAsync(() => lease.Lost.IsCancellationRequested, Token);
    }

    [Fact(Timeout = 10_000)]
    public async Task A_message_that_was_handed_to_somebody_else_is_lost_at_once()
    {
        await using var lease = Start();
        _queue.OnVisibility = (_, _, _) => throw new LeaseLostException("the receipt is not valid");

        await AdvanceAsync(Length / 3);

        await Rig.UntilAsync(() => lease.Lost.IsCancellationRequested, Token);
    }

    [Fact(Timeout = 10_000)]
    public async Task A_lost_lease_does_not_touch_the_message_of_somebody_else()
    {
        await using var lease = Start();
        _queue.OnVisibility = (_, _, _) => throw new LeaseLostException("the receipt is not valid");
        await AdvanceAsync(Length / 3);
        await Rig.UntilAsync(() => lease.Lost.IsCancellationRequested, Token);

        await lease.ReturnAsync(TimeSpan.Zero);

        _queue.Visibility.Count.ShouldBe(1);
    }

    [Fact(Timeout = 10_000)]
    public async Task A_fault_in_a_renewal_is_a_renewal_that_failed()
    {
        await using var lease = Start();
        _queue.OnVisibility = (_, _, _) => throw new FormatException("unexpected");
        await AdvanceAsync(Length / 3);
        await Rig.UntilAsync(() => _queue.Visibility.Count == 1, Token);
        _queue.OnVisibility = (_, _, _) => Task.CompletedTask;

        await AdvanceAsync(Length / 12);

        await Rig.UntilAsync(() => _queue.Visibility.Count == 2, Token);
        lease.Lost.IsCancellationRequested.ShouldBeFalse();
    }

    [Fact(Timeout = 10_000)]
    public async Task A_lease_that_ended_is_renewed_no_more()
    {
        await Start().DisposeAsync();

        _clock.Advance(Length);

        _queue.Visibility.ShouldBeEmpty();
        _clock.WaitingTimers.ShouldBe(0);
    }

    [Fact(Timeout = 10_000)]
    public async Task A_message_goes_back_with_the_visibility_that_was_asked_for()
    {
        await using var lease = Start();

        await lease.ReturnAsync(TimeSpan.FromSeconds(4));
        _clock.Advance(Length);

        _queue.Visibility.ShouldBe([("m", TimeSpan.FromSeconds(4))]);
    }

    [Theory(Timeout = 10_000)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_message_that_cannot_be_handed_back_comes_by_itself(bool known)
    {
        await using var lease = Start();
        _queue.OnVisibility = (_, _, _) =>
            throw (known ? new ServiceUnreachableException("away") : new FormatException("away"));

        await lease.ReturnAsync(TimeSpan.Zero);

        _lines.ShouldHaveSingleItem().Text.ShouldContain("away");
    }

    private MessageLease Start() =>
        MessageLease.Start(_queue, Some.Message("m", "{}"), Length, new Liveness(_clock), new CollectingLogger(_lines), _clock);

    // The lease waits on the clock again before it moves on.
    private async Task AdvanceAsync(TimeSpan by)
    {
        await Rig.UntilAsync(() => _clock.WaitingTimers > 0, Token);
        _clock.Advance(by);
    }
}
