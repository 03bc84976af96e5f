using ClamBucketFleet.Scaling.Queue;
using Shouldly;
using Xunit;

namespace ClamBucketFleet.Scaling.Tests.Queue;

public sealed class ScanQueueTests
{
    private static readonly QueueDefinition Definition = new("queue", TimeSpan.FromMinutes(2), 5);

    [Fact]
    public void The_oldest_message_is_scanned_first()
    {
        var queue = new ScanQueue(Definition, returnsAtOnce: true);
        queue.Send(0, 2, 0);
        queue.Send(10, 3, 0);
        queue.Scan(20, 3);

        queue.Good.ShouldBe(2);
        queue.OldestArrival.ShouldBe(10);
        queue.Waits.Percentile(0.5).ShouldBe(20);
        queue.Waits.Percentile(0.1).ShouldBe(10);
    }

    [Theory]
    [InlineData(true, 1 + 2 + 4 + 8)]
    [InlineData(false, 4 * 120)]
    public void A_message_that_nobody_can_read_comes_back_until_it_is_a_dead_letter(bool atOnce, int seconds)
    {
        var queue = new ScanQueue(Definition, atOnce);
        queue.Send(0, 0, 7);
        var now = 0;
        for (; queue.DeadLetters == 0; now++)
        {
            queue.Return(now);
            queue.Fail(now, queue.Poison);
            queue.IsEmpty.ShouldBe(queue.DeadLetters == 7);
        }

        queue.DeadLetters.ShouldBe(7);
        queue.Receives.ShouldBe(7 * 5);
        (now - 1).ShouldBe(seconds);
    }
}
