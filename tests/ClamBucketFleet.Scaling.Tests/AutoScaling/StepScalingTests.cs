using ClamBucketFleet.Scaling.AutoScaling;
using Shouldly;
using Xunit;

namespace ClamBucketFleet.Scaling.Tests.AutoScaling;

public sealed class StepScalingTests
{
    [Theory]
    [InlineData(59, 0)]
    [InlineData(60, 10)]
    [InlineData(69, 10)]
    [InlineData(70, 30)]
    public void Above_the_threshold_the_lower_bound_belongs_to_the_step(double value, int adjustment)
        => StepScaling.Adjustment(Policies.Out, value - Policies.Threshold).ShouldBe(adjustment);

    [Theory]
    [InlineData(41, 0)]
    [InlineData(40, -10)]
    [InlineData(31, -10)]
    [InlineData(30, -30)]
    public void Below_the_threshold_the_upper_bound_belongs_to_the_step(double value, int adjustment)
        => StepScaling.Adjustment(Policies.In, value - Policies.Threshold).ShouldBe(adjustment);

    [Fact]
    public void A_value_outside_of_all_steps_changes_nothing()
        => StepScaling.Adjustment(Policies.Out, -1).ShouldBeNull();

    [Theory]
    [InlineData(10, 10, 11)]
    [InlineData(11, 30, 14)]
    [InlineData(14, -10, 13)]
    [InlineData(13, -30, 10)]
    [InlineData(127, 10, 139)]
    [InlineData(67, 1, 68)]
    [InlineData(58, -1, 57)]
    [InlineData(667, -1, 661)]
    public void Percentages_are_rounded_as_AWS_documents(int current, int percent, int capacity)
        => StepScaling.Capacity(Policies.Out, current, percent).ShouldBe(capacity);

    [Fact]
    public void A_percentage_changes_by_the_least_magnitude_at_least()
        => StepScaling.Capacity(Policies.Out with { MinAdjustmentMagnitude = 2 }, 4, 25).ShouldBe(6);

    [Theory]
    [InlineData(AdjustmentType.ChangeInCapacity, 8)]
    [InlineData(AdjustmentType.ExactCapacity, 5)]
    public void The_adjustment_type_says_what_five_means_for_a_group_of_three(AdjustmentType type, int capacity)
        => StepScaling.Capacity(Policies.Step(type), 3, 5).ShouldBe(capacity);

    [Theory]
    [InlineData(Aggregation.Average, 2)]
    [InlineData(Aggregation.Minimum, 1)]
    [InlineData(Aggregation.Maximum, 3)]
    public void The_data_points_are_aggregated_as_the_policy_says(Aggregation aggregation, double value)
        => StepScaling.Aggregate(Policies.Out with { Aggregation = aggregation }, [1, 2, 3]).ShouldBe(value);
}
