namespace ClamBucketFleet.Scaling.CloudWatch;

/// <summary>
/// How CloudWatch makes a state out of data points, some of which may be missing.
/// Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
/// </summary>
public static class AlarmEvaluation
{
    /// <summary>The documentation's examples look back two data points further than they evaluate.</summary>
    private const int FurtherBack = 2;

    public static int Range(AlarmDefinition alarm) => alarm.EvaluationPeriods + FurtherBack;

    /// <summary>The next state.</summary>
    /// <param name="range">The data points of the evaluation range, the oldest first; null where one is missing.</param>
    public static AlarmState Next(AlarmDefinition alarm, IReadOnlyList<double?> range, AlarmState current)
    {
        var existing = Evaluated(alarm, range);
        var breaching = existing.Count(alarm.IsBreaching);
        var missing = alarm.EvaluationPeriods - existing.Count;
        if (breaching >= alarm.DatapointsToAlarm) return AlarmState.Alarm;
        if (missing == 0) return AlarmState.Ok;

        return alarm.TreatMissingData switch
        {
            MissingData.NotBreaching => AlarmState.Ok,
            MissingData.Breaching => breaching + missing >= alarm.DatapointsToAlarm ? AlarmState.Alarm : AlarmState.Ok,
            _ when existing.Count > breaching => AlarmState.Ok,
            MissingData.Ignore => current,
            _ => breaching > 0 && OldestAge(range) >= alarm.DatapointsToAlarm ? AlarmState.Alarm : AlarmState.InsufficientData,
        };
    }

    /// <summary>The newest data points that exist, at most as many as are evaluated.</summary>
    public static IReadOnlyList<double> Evaluated(AlarmDefinition alarm, IReadOnlyList<double?> range)
        => [.. range.OfType<double>().TakeLast(alarm.EvaluationPeriods)];

    // The newest place is 1. A breach that is old enough counts although nothing came after it.
    private static int OldestAge(IReadOnlyList<double?> range)
        => range.Count - range.Index().First(point => point.Item is not null).Index;
}
