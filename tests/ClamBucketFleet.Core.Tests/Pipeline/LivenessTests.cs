using ClamBucketFleet.Core.Tests.Fakes;
using ClamBucketFleet.Pipeline;
using ClamBucketFleet.TestKit;
using Shouldly;
using Xunit;

namespace ClamBucketFleet.Core.Tests.Pipeline;

public sealed class LivenessTests
{
    private readonly ManualTimeProvider _clock = new(Some.Now);
    private readonly Liveness _liveness;

    public LivenessTests() => _liveness = new Liveness(_clock);

    [Fact]
    public void What_is_silent_past_its_time_is_named_with_what_it_was_doing()
    {
        using var pulse = _liveness.Watch("The receive loop");
        pulse.Begins("receiving", TimeSpan.FromSeconds(90));

        _clock.Advance(TimeSpan.FromSeconds(90));
        _liveness.Late().ShouldBeNull();
        _clock.Advance(TimeSpan.FromSeconds(5.5));
        _liveness.Late().ShouldBe("The receive loop has not been heard of for 95 s (it was receiving)");
    }

    [Fact]
    public void What_is_heard_of_again_is_late_no_more()
    {
        using var pulse = _liveness.Watch("The receive loop");
        pulse.Begins("receiving", TimeSpan.FromSeconds(1));
        _clock.Advance(TimeSpan.FromSeconds(2));

        pulse.Begins("receiving", TimeSpan.FromSeconds(1));

        _liveness.Late().ShouldBeNull();
    }

    [Fact]
    public void What_waits_for_others_is_never_late()
    {
        using var pulse = _liveness.Watch("The receive loop");
        pulse.Waits("waiting for a free place");

        _clock.Advance(TimeSpan.FromDays(30));

        _liveness.Late().ShouldBeNull();
    }

    [Fact]
    public void What_never_says_anything_is_late()
    {
        using var pulse = _liveness.Watch("The receive loop");

        _clock.Advance(TimeSpan.FromMinutes(2));

        _liveness.Late().ShouldBe("The receive loop has not been heard of for 120 s (it was starting)");
    }

    [Fact]
    public void What_has_ended_is_watched_no_more()
    {
        var pulse = _liveness.Watch("The lease on message m");
        pulse.Begins("being renewed", TimeSpan.FromSeconds(1));

        pulse.Dispose();

        _clock.Advance(TimeSpan.FromDays(1));
        _liveness.Late().ShouldBeNull();
    }

    [Fact]
    public void Of_several_that_are_late_the_longest_silence_is_named()
    {
        using var first = _liveness.Watch("The first");
        first.Begins("working", TimeSpan.FromSeconds(1));
        _clock.Advance(TimeSpan.FromSeconds(10));
        using var second = _liveness.Watch("The second");
        second.Begins("working", TimeSpan.FromSeconds(1));
        _clock.Advance(TimeSpan.FromSeconds(10));

        _liveness.Late().ShouldNotBeNull().ShouldStartWith("The first has not been heard of for 20 s");
    }
}
