using Shouldly;
using Xunit;

namespace ClamBucketFleet.Scaling.Tests;

/// <summary>The stack as it was created keeps its aims in every trace.</summary>
public sealed class AimsTests(FleetsFixture fixture)
{
    public static TheoryData<string> EveryTrace => [.. Traces.All.Select(trace => trace.Name)];

    [Theory]
    [InlineData("burst")]
    [InlineData("burst-from-zero")]
    [InlineData("spot-loss")]
    public void A_million_objects_at_once_are_done_within_the_hour_at_twenty_instances(string trace)
    {
        var result = Play(trace);
        Aims.DoneWithinTheHour(result).ShouldBeNull();
        result.Queue.Waits.Count.ShouldBe(1_000_000);
        result.MaxInstances.ShouldBe(20);
    }

    [Theory]
    [MemberData(nameof(EveryTrace))]
    public void No_fleet_flaps(string trace) => Aims.DoesNotFlap(Play(trace)).ShouldBeNull();

    [Theory]
    [MemberData(nameof(EveryTrace))]
    public void No_instance_is_let_go_while_messages_wait(string trace)
        => Aims.LetsNothingGoWhileMessagesWait(Play(trace)).ShouldBeNull();

    [Theory]
    [InlineData("burst")]
    [InlineData("burst-from-zero")]
    [InlineData("spot-loss")]
    [InlineData("sparse")]
    [InlineData("poison-timeout")]
    public void A_fleet_is_as_small_as_it_was_once_it_is_over(string trace) => Aims.GoesBackToItsMinimum(Play(trace)).ShouldBeNull();

    [Theory]
    [InlineData("trickle")]
    [InlineData("trickle-from-zero")]
    [InlineData("sparse")]
    [InlineData("asleep")]
    public void A_trickle_costs_one_instance(string trace)
    {
        var result = Play(trace);
        Aims.NeverMoreThan(result, 1).ShouldBeNull();
        result.InstanceHours.ShouldBeLessThanOrEqualTo(result.Trace.Duration.TotalHours);
    }

    [Theory]
    [InlineData("trickle-from-zero")]
    [InlineData("sparse")]
    public void With_minimum_0_the_fleet_wakes_within_one_period_of_its_alarm(string trace)
        => Aims.WakesWithinOnePeriod(Play(trace)).ShouldBeNull();

    [Fact]
    public void A_queue_that_was_idle_for_six_hours_wakes_the_fleet_once_its_metrics_come_again()
    {
        var result = Play("asleep");
        var assumed = new Assumptions();
        result.Queue.Waits.Count.ShouldBe(6);
        result.OldestSeconds.ShouldBeGreaterThan(assumed.WakingSeconds);
        result.OldestSeconds.ShouldBeLessThan(assumed.WakingSeconds + 300);
    }

    [Fact]
    public void A_week_of_days_and_nights_is_followed_with_little_waste()
    {
        var result = Play("week");
        Aims.KeepsUp(result).ShouldBeNull();
        Aims.WastesLittle(result).ShouldBeNull();
    }

    [Theory]
    [InlineData("poison")]
    [InlineData("poison-timeout")]
    public void A_flood_of_poison_ends_as_dead_letters_and_never_takes_the_fleet_to_its_maximum(string trace)
    {
        var result = Play(trace);
        result.Queue.DeadLetters.ShouldBe(20_000);
        result.LongestAtMaximum.ShouldBe(TimeSpan.Zero);
        Aims.NeverMoreThan(result, 10).ShouldBeNull();
        Aims.KeepsUp(result).ShouldBeNull();
    }

    private Result Play(string trace) => fixture.Play(Traces.All.Single(one => one.Name == trace));
}
