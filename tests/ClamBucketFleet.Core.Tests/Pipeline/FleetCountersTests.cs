using ClamBucketFleet.Pipeline;
using Shouldly;
using Xunit;

namespace ClamBucketFleet.Core.Tests.Pipeline;

public sealed class FleetCountersTests
{
    [Fact]
    public void Every_verdict_is_counted_and_zeroes_are_left_out()
    {
        var counters = new FleetCounters();
        counters.ToString().ShouldBe("0 in work, 0 scanned, 0 infected");

        counters.MessageTaken();
        for (var i = 0; i < 1200; i++)
            counters.Count(EngineAnswer.NothingFound(0, 0));
        counters.Count(new Infected(["x"]));
        counters.Count(new Unscannable(UnscannableReason.TooLarge));
        counters.Count(new Skipped(SkipReason.Filtered));
        counters.CountFailure();

        counters.ToString().ShouldBe("1 in work, 1,202 scanned, 1 infected, 1 unscannable, 1 skipped, 1 failed");
        counters.MessageEnded();
        counters.InWork.ShouldBe(0);
    }
}
