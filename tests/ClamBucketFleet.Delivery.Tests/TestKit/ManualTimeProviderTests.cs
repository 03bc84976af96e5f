using ClamBucketFleet.TestKit;
using Shouldly;
using Xunit;

namespace ClamBucketFleet.Delivery.Tests.TestKit;

public sealed class ManualTimeProviderTests
{
    private readonly ManualTimeProvider _clock = new();

    [Fact(Timeout = 10_000)]
    public async Task A_delay_ends_when_the_clock_reaches_it_and_not_before()
    {
        var delay = Task.Delay(TimeSpan.FromMinutes(5), _clock, TestContext.Current.CancellationToken);

        _clock.Advance(TimeSpan.FromMinutes(5) - TimeSpan.FromTicks(1));
        delay.IsCompleted.ShouldBeFalse();
        _clock.WaitingTimers.ShouldBe(1);

        _clock.Advance(TimeSpan.FromTicks(1));
        await delay;
        _clock.WaitingTimers.ShouldBe(0);
    }

    [Fact]
    public void A_periodic_timer_fires_at_each_of_its_times_on_the_way()
    {
        var start = _clock.GetUtcNow();
        var fired = new List<TimeSpan>();
        using var timer = _clock.CreateTimer(
            _ => fired.Add(_clock.GetUtcNow() - start), null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2));

        _clock.Advance(TimeSpan.FromSeconds(6));

        fired.Select(time => time.TotalSeconds).ShouldBe([1, 3, 5]);
        _clock.GetUtcNow().ShouldBe(start + TimeSpan.FromSeconds(6));
        _clock.GetElapsedTime(start.UtcTicks).ShouldBe(TimeSpan.FromSeconds(6));
    }

    [Fact(Timeout = 10_000)]
    public async Task A_token_is_cancelled_by_the_clock()
    {
        using var source = new CancellationTokenSource(TimeSpan.FromSeconds(30), _clock);

        _clock.Advance(TimeSpan.FromSeconds(30));

        await Should.ThrowAsync<OperationCanceledException>(Task.Delay(Timeout.InfiniteTimeSpan, _clock, source.Token));
    }
}
