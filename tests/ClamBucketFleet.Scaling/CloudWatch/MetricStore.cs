namespace ClamBucketFleet.Scaling.CloudWatch;

/// <summary>Data points of a minute each, seen only after the delay with which services deliver them.</summary>
public sealed class MetricStore(int delaySeconds)
{
    private const int Minute = 60;

    private readonly Dictionary<Metric, Dictionary<int, double>> _points = [];

    /// <summary>The value of the minute that ends now.</summary>
    public void Add(Metric metric, int now, double value)
    {
        if (!_points.TryGetValue(metric, out var points)) _points[metric] = points = [];
        points[now / Minute] = value;
    }

    /// <summary>What an alarm sees now: its range, the oldest first. The newest place is the last minute that can be there.</summary>
    public IReadOnlyList<double?> Range(AlarmDefinition alarm, int now)
    {
        var newest = (now - delaySeconds) / Minute;
        var count = AlarmEvaluation.Range(alarm);
        return [.. Enumerable.Range(newest - count + 1, count).Select(minute => At(alarm, minute))];
    }

    private double? At(AlarmDefinition alarm, int minute)
        => alarm.Expression.Evaluate(id => alarm.Metrics.TryGetValue(id, out var metric)
            ? _points.GetValueOrDefault(metric)?.TryGetValue(minute, out var value) == true ? value : null
            : throw new NotSupportedException($"{alarm.Name}: no metric has the id {id}"));
}
