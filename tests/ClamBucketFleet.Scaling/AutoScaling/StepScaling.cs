namespace ClamBucketFleet.Scaling.AutoScaling;

/// <summary>
/// How a policy makes a new capacity out of a breach.
/// Source: https://docs.aws.amazon.com/autoscaling/ec2/userguide/as-scaling-simple-step.html
/// </summary>
public static class StepScaling
{
    /// <summary>The value that steps are chosen by, from the data points that the alarm evaluated.</summary>
    public static double Aggregate(ScalingPolicy policy, IReadOnlyList<double> points) => policy.Aggregation switch
    {
        Aggregation.Minimum => points.Min(),
        Aggregation.Maximum => points.Max(),
        _ => points.Average(),
    };

    /// <summary>The adjustment for a value at this distance from the threshold; null where no step covers it.</summary>
    public static int? Adjustment(ScalingPolicy policy, double distance)
        => policy.Steps.FirstOrDefault(step => Covers(step, distance))?.Adjustment;

    /// <summary>What the capacity would become, before the group's limits.</summary>
    public static int Capacity(ScalingPolicy policy, int current, int adjustment) => policy.AdjustmentType switch
    {
        AdjustmentType.ExactCapacity => adjustment,
        AdjustmentType.ChangeInCapacity => current + adjustment,
        _ => current + Percent(current, adjustment, policy.MinAdjustmentMagnitude),
    };

    // Above the threshold the lower bound belongs to the step, below it the upper one.
    private static bool Covers(StepAdjustment step, double distance)
    {
        var (lower, upper) = (step.LowerBound ?? double.NegativeInfinity, step.UpperBound ?? double.PositiveInfinity);
        return distance >= 0 && lower >= 0 ? lower <= distance && distance < upper : lower < distance && distance <= upper;
    }

    // Towards zero, but never to zero.
    private static int Percent(int current, int percent, int least)
    {
        var exact = current * percent / 100.0;
        var whole = Math.Abs(exact) is > 0 and < 1 ? Math.Sign(exact) : (int)Math.Truncate(exact);
        return Math.Abs(whole) >= least || percent == 0 ? whole : Math.Sign(percent) * least;
    }
}
