using ClamBucketFleet.Scaling.AutoScaling;
using Shouldly;
using Xunit;

namespace ClamBucketFleet.Scaling.Tests.AutoScaling;

public sealed class ScalingGroupTests
{
    private static readonly Assumptions Assumed = new();
    private static readonly int Warm = Assumed.LaunchSeconds + 300;

    private readonly ScalingGroup _group = Group(10);

    [Fact]
    public void While_an_instance_warms_up_the_same_breach_adds_none_and_a_larger_one_only_the_rest()
    {
        Breach(Policies.Out, 60, 0);
        _group.Desired.ShouldBe(11);

        // AWS's example: 62 still asks for one, 70 for three, of ten that are warm.
        Breach(Policies.Out, 62, 60);
        _group.Desired.ShouldBe(11);
        Breach(Policies.Out, 70, 120);
        _group.Desired.ShouldBe(13);
    }

    [Fact]
    public void Once_it_is_warm_an_instance_is_capacity()
    {
        Breach(Policies.Out, 60, 0);
        Breach(Policies.Out, 70, Warm);
        _group.Desired.ShouldBe(14);
    }

    [Fact]
    public void Nothing_is_let_go_while_something_comes()
    {
        Breach(Policies.Out, 60, 0);
        Breach(Policies.In, 30, Warm - 1);
        _group.Desired.ShouldBe(11);
        Breach(Policies.In, 30, Warm);
        _group.Desired.ShouldBe(8);
    }

    [Fact]
    public void Instances_that_terminate_still_count()
    {
        var one = Policies.Step(AdjustmentType.ChangeInCapacity, new StepAdjustment(null, 0, -1));
        Breach(one, 30, 0);
        Breach(one, 30, 1);
        _group.Desired.ShouldBe(9);
        Breach(one, 30, Assumed.DrainSeconds + Assumed.ShutdownSeconds);
        _group.Desired.ShouldBe(8);
    }

    [Fact]
    public void The_group_keeps_within_its_limits()
    {
        Breach(Policies.Step(AdjustmentType.ChangeInCapacity, new StepAdjustment(0, null, 100)), 60, 0);
        _group.Desired.ShouldBe(20);
        var least = Group(10);
        least.Execute(Policies.Step(AdjustmentType.ChangeInCapacity, new StepAdjustment(null, 0, -100)), [30], Policies.Threshold, 0, 0);
        least.Desired.ShouldBe(1);
    }

    [Fact]
    public void A_simple_policy_waits_for_its_cooldown()
    {
        var one = Policies.Simple(AdjustmentType.ChangeInCapacity, 1, TimeSpan.FromMinutes(10));
        Breach(one, 60, 0);
        Breach(one, 60, 599);
        _group.Desired.ShouldBe(11);
        Breach(one, 60, 600);
        _group.Desired.ShouldBe(12);
    }

    [Fact]
    public void An_instance_works_once_it_has_booted()
    {
        Breach(Policies.Out, 60, 0);
        var ready = Assumed.LaunchSeconds + Assumed.ReadySeconds;
        _group.Working(ready - 1).ShouldBe(10);
        _group.Working(ready).ShouldBe(11);
    }

    [Fact]
    public void What_Spot_takes_is_replaced_once_the_group_has_seen_it()
    {
        _group.Interrupt(0.5, 100);
        _group.Reconcile(100);
        _group.Working(100).ShouldBe(5);
        _group.Instances.Count.ShouldBe(10);

        var seen = 100 + Assumed.SpotNoticeSeconds + Assumed.SpotReplacementSeconds;
        _group.Reconcile(seen);
        _group.Working(seen + Assumed.LaunchSeconds + Assumed.ReadySeconds).ShouldBe(10);
        _group.Desired.ShouldBe(10);
    }

    [Fact]
    public void Instance_hours_run_from_the_launch_to_the_end()
    {
        var group = Group(1);
        group.Execute(Policies.Simple(AdjustmentType.ChangeInCapacity, 1, TimeSpan.Zero), [60], Policies.Threshold, 3600, 0);
        group.Reconcile(3600);
        group.InstanceHours(7200).ShouldBe(3);
    }

    private static ScalingGroup Group(int desired)
        => new(new GroupDefinition("group", 1, 20, TimeSpan.FromMinutes(3), 0, 100, [], new HashSet<string>()), Assumed, desired);

    private void Breach(ScalingPolicy policy, double value, int now)
    {
        _group.Reconcile(now);
        _group.Execute(policy, [value], Policies.Threshold, now, 0);
        _group.Reconcile(now);
    }
}
