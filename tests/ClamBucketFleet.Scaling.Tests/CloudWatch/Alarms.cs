using ClamBucketFleet.Scaling.CloudWatch;

namespace ClamBucketFleet.Scaling.Tests.CloudWatch;

internal static class Alarms
{
    public static Metric Metric { get; } = new("AWS/SQS", "ApproximateNumberOfMessagesVisible");

    /// <summary>In alarm from 1 on.</summary>
    public static AlarmDefinition Of(int m, int n, MissingData missing)
        => new(
            "alarm",
            new Dictionary<string, Metric> { ["value"] = Metric },
            MetricMath.Parse("value"),
            ComparisonOperator.GreaterThanOrEqualToThreshold,
            1,
            TimeSpan.FromMinutes(1),
            n,
            m,
            missing,
            []);
}
