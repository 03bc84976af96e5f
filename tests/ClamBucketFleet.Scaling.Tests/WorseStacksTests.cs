using ClamBucketFleet.Scaling.AutoScaling;
using ClamBucketFleet.Scaling.CloudWatch;
using ClamBucketFleet.Scaling.Stack;
using Shouldly;
using Xunit;

namespace ClamBucketFleet.Scaling.Tests;

/// <summary>The aims can be missed: each of these changes to the created stack misses one.</summary>
public sealed class WorseStacksTests(FleetsFixture fixture)
{
    private static readonly Dictionary<string, Func<FleetStack, FleetStack>> Changes = new()
    {
        ["nothing lets instances go"] = stack => stack with { Policies = [.. stack.Policies.Where(Aims.IsOut)] },
        ["nothing launches them"] = stack => stack with { Policies = [.. stack.Policies.Where(policy => !Aims.IsOut(policy))] },
        ["a breach sets the size"] = Out(policy => policy with
        {
            AdjustmentType = AdjustmentType.ExactCapacity,
            Steps = [new(0, 5_000, 2), new(5_000, 100_000, 5), new(100_000, null, 20)],
        }),
        ["a cooldown of an hour"] = Out(policy => policy with
        {
            IsStepScaling = false,
            Steps = [new(null, null, 1)],
            Cooldown = TimeSpan.FromHours(1),
        }),
        ["one more at a time"] = Out(policy => policy with { Steps = [new(0, null, 1)] }),
        ["twenty for any backlog"] = Out(policy => policy with { Steps = [new(0, null, 20)] }),
        ["nothing counts as warming up"] = Out(policy => policy with { Warmup = TimeSpan.Zero, Steps = [new(0, null, 4)] }),
        ["idle means no message at that moment, for two minutes"] = In(alarm => alarm with { EvaluationPeriods = 2, DatapointsToAlarm = 2 }),
        ["room for all eight places"] = In(alarm => alarm with { Expression = MetricMath.Parse("waiting + working - 8 * instances") }),
        ["a thousand messages wait for each instance, and one for none"] = High("waiting - 1000 * instances - 50"),
    };

    public static TheoryData<string> EveryChange => [.. Changes.Keys];

    [Fact]
    public void The_stack_as_it_was_created_misses_none() => Aims.Missed(fixture.Play).ShouldBeEmpty();

    [Theory]
    [MemberData(nameof(EveryChange))]
    public void A_stack_that_was_made_worse_misses_an_aim(string change)
        => Aims.Missed(trace => Simulation.Run(Changes[change](fixture.Fleets.For(trace)), trace)).FirstOrDefault().ShouldNotBeNull();

    private static Func<FleetStack, FleetStack> Out(Func<ScalingPolicy, ScalingPolicy> change)
        => stack => stack with { Policies = [.. stack.Policies.Select(policy => Aims.IsOut(policy) ? change(policy) : policy)] };

    private static Func<FleetStack, FleetStack> High(string expression) => Alarm(GrowsTheFleet: true, alarm => alarm with { Expression = MetricMath.Parse(expression) });

    private static Func<FleetStack, FleetStack> In(Func<AlarmDefinition, AlarmDefinition> change) => Alarm(GrowsTheFleet: false, change);

    private static Func<FleetStack, FleetStack> Alarm(bool GrowsTheFleet, Func<AlarmDefinition, AlarmDefinition> change) => stack =>
    {
        var policies = stack.Policies.Where(policy => Aims.IsOut(policy) == GrowsTheFleet).Select(policy => policy.Arn).ToHashSet();
        return stack with
        {
            Alarms = [.. stack.Alarms.Select(alarm => alarm.Actions.Any(policies.Contains) && !IsAboutTheLast(alarm) ? change(alarm) : alarm)],
        };
    };

    private static bool IsAboutTheLast(AlarmDefinition alarm) => alarm.Metrics.ContainsKey("received");
}
