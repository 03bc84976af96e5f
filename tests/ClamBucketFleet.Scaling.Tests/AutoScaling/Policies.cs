using ClamBucketFleet.Scaling.AutoScaling;

namespace ClamBucketFleet.Scaling.Tests.AutoScaling;

/// <summary>
/// The example of https://docs.aws.amazon.com/autoscaling/ec2/userguide/as-scaling-simple-step.html: a threshold of 50,
/// ten percent from 60 on and thirty from 70 on, and the same downwards.
/// </summary>
internal static class Policies
{
    public const double Threshold = 50;

    public static ScalingPolicy Out { get; } = Step(AdjustmentType.PercentChangeInCapacity, new(0, 10, 0), new(10, 20, 10), new(20, null, 30));

    public static ScalingPolicy In { get; } = Step(AdjustmentType.PercentChangeInCapacity, new(-10, 0, 0), new(-20, -10, -10), new(null, -20, -30));

    public static ScalingPolicy Step(AdjustmentType type, params StepAdjustment[] steps)
        => new("arn", "policy", true, type, steps, Aggregation.Average, 0, TimeSpan.FromMinutes(5), TimeSpan.Zero);

    public static ScalingPolicy Simple(AdjustmentType type, int adjustment, TimeSpan cooldown)
        => new("arn", "policy", false, type, [new(null, null, adjustment)], Aggregation.Average, 0, TimeSpan.Zero, cooldown);
}
