namespace ClamBucketFleet.Scaling.CloudWatch;

/// <summary>What DescribeAlarms says of a metric alarm that changes the fleet.</summary>
/// <param name="Metrics">The metrics by the ids that the expression gives them.</param>
/// <param name="DatapointsToAlarm">M of the N <paramref name="EvaluationPeriods"/>.</param>
public sealed record AlarmDefinition(
    string Name,
    IReadOnlyDictionary<string, Metric> Metrics,
    MetricMath Expression,
    ComparisonOperator Comparison,
    double Threshold,
    TimeSpan Period,
    int EvaluationPeriods,
    int DatapointsToAlarm,
    MissingData TreatMissingData,
    IReadOnlyList<string> Actions)
{
    public bool IsBreaching(double value) => Comparison switch
    {
        ComparisonOperator.GreaterThanOrEqualToThreshold => value >= Threshold,
        ComparisonOperator.GreaterThanThreshold => value > Threshold,
        ComparisonOperator.LessThanOrEqualToThreshold => value <= Threshold,
        ComparisonOperator.LessThanThreshold => value < Threshold,
        _ => throw new NotSupportedException($"{Name}: {Comparison}"),
    };
}

public enum ComparisonOperator
{
    GreaterThanOrEqualToThreshold,
    GreaterThanThreshold,
    LessThanOrEqualToThreshold,
    LessThanThreshold,
}

public enum MissingData
{
    Missing,
    Ignore,
    Breaching,
    NotBreaching,
}
