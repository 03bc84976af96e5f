using ClamBucketFleet.Pipeline;
using Shouldly;
using Xunit;

namespace ClamBucketFleet.Core.Tests.Pipeline;

public sealed class BackoffTests
{
    private readonly Backoff _backoff = new(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(5));

    [Fact]
    public void Every_wait_is_twice_the_last_up_to_the_longest() =>
        Waits(5).ShouldBe([1, 2, 4, 5, 5]);

    [Fact]
    public void After_a_success_it_begins_anew()
    {
        Waits(3);
        _backoff.Reset();
        Waits(2).ShouldBe([1, 2]);
    }

    private double[] Waits(int count) => [.. Enumerable.Range(0, count).Select(_ => _backoff.Next().TotalSeconds)];
}
