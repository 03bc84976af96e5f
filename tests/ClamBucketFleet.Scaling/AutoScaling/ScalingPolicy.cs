namespace ClamBucketFleet.Scaling.AutoScaling;

/// <summary>What DescribePolicies says of a policy that alarms invoke.</summary>
/// <param name="Warmup">Until an instance that is in service counts as capacity. Step scaling only.</param>
/// <param name="Cooldown">Until a simple policy answers again after a change. Simple scaling only.</param>
public sealed record ScalingPolicy(
    string Arn,
    string Name,
    bool IsStepScaling,
    AdjustmentType AdjustmentType,
    IReadOnlyList<StepAdjustment> Steps,
    Aggregation Aggregation,
    int MinAdjustmentMagnitude,
    TimeSpan Warmup,
    TimeSpan Cooldown);

/// <summary>Bounds are distances from the alarm's threshold; null is without end.</summary>
public sealed record StepAdjustment(double? LowerBound, double? UpperBound, int Adjustment);

public enum AdjustmentType
{
    ChangeInCapacity,
    ExactCapacity,
    PercentChangeInCapacity,
}

public enum Aggregation
{
    Average,
    Minimum,
    Maximum,
}
