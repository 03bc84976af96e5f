using ClamBucketFleet.Bench.Stub;
using ClamBucketFleet.TestKit;
using Shouldly;
using Xunit;

namespace ClamBucketFleet.Bench.Tests;

public sealed class MessageQueueTests
{
    private static readonly TimeSpan Visibility = TimeSpan.FromSeconds(30);

    private readonly ManualTimeProvider _time = new();

    [Fact(Timeout = 30_000)]
    public async Task A_message_that_nobody_deletes_comes_again_and_is_counted()
    {
        var queue = Opened(messages: 2);
        (await ReceiveAsync(queue)).ShouldBe([new Receipt(0, 1), new Receipt(1, 1)]);
        queue.Delete(0).ShouldBeTrue();
        (await ReceiveAsync(queue)).ShouldBeEmpty();

        _time.Advance(Visibility);

        (await ReceiveAsync(queue)).ShouldBe([new Receipt(1, 2)]);
        queue.ReceivedTwice().ShouldBe(1);
        queue.Deleted.ShouldBe(1);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_lease_that_is_renewed_holds_and_one_that_ran_out_cannot_be()
    {
        var queue = Opened(messages: 1);
        var delivery = (await ReceiveAsync(queue)).Single();
        _time.Advance(Visibility / 2);
        queue.ChangeVisibility(delivery, Visibility).ShouldBeTrue();
        _time.Advance(Visibility * 3 / 4);
        queue.Depths.ShouldBe((0, 1));

        _time.Advance(Visibility);

        queue.ChangeVisibility(delivery, Visibility).ShouldBeFalse();
        queue.Depths.ShouldBe((1, 0));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_message_that_is_handed_back_comes_at_once_and_a_deleted_one_never()
    {
        var queue = Opened(messages: 1);
        var delivery = (await ReceiveAsync(queue)).Single();
        queue.ChangeVisibility(delivery, TimeSpan.Zero).ShouldBeTrue();
        _time.Advance(TimeSpan.FromMilliseconds(1));
        (await ReceiveAsync(queue)).Single().Count.ShouldBe(2);
        queue.Delete(0).ShouldBeTrue();
        queue.Delete(0).ShouldBeFalse();

        _time.Advance(Visibility * 2);

        (await ReceiveAsync(queue)).ShouldBeEmpty();
        queue.Depths.ShouldBe((0, 0));
    }

    [Fact(Timeout = 30_000)]
    public async Task Nothing_is_handed_out_before_the_queue_opens_and_whoever_waits_gets_it_then()
    {
        var queue = new MessageQueue(1, _time);
        var waiting = queue.ReceiveAsync(10, Visibility, TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        waiting.IsCompleted.ShouldBeFalse();

        queue.Open();

        (await waiting).Count.ShouldBe(1);
    }

    private MessageQueue Opened(int messages)
    {
        var queue = new MessageQueue(messages, _time);
        queue.Open();
        return queue;
    }

    private static Task<IReadOnlyList<Receipt>> ReceiveAsync(MessageQueue queue) =>
        queue.ReceiveAsync(10, Visibility, TimeSpan.Zero, TestContext.Current.CancellationToken);
}
