using System.Text.Json;
using ClamBucketFleet.Scaling.AutoScaling;
using ClamBucketFleet.Scaling.CloudWatch;

namespace ClamBucketFleet.Scaling.Stack;

/// <summary>Alarms that invoke a policy of the group; those for people are only counted.</summary>
public static class AlarmReader
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    public static IReadOnlyList<AlarmDefinition> Read(
        IEnumerable<JsonElement> alarms,
        IReadOnlyList<ScalingPolicy> policies,
        string queue,
        string group)
    {
        var arns = policies.Select(policy => policy.Arn).ToHashSet();
        var found = new List<AlarmDefinition>();
        foreach (var alarm in alarms)
        {
            if (Texts(alarm, "OKActions").Concat(Texts(alarm, "InsufficientDataActions")).Any(arns.Contains))
                throw new NotSupportedException($"{Name(alarm)} scales when it is not in alarm: that is not simulated");
            if (Texts(alarm, "AlarmActions").Any(arns.Contains)) found.Add(Read(alarm, queue, group));
        }

        return found;
    }

    /// <summary>CloudWatch bills an alarm by the metrics it looks at.</summary>
    public static int MetricsBilled(JsonElement alarm) => Math.Max(1, Queries(alarm).Count(query => query.TryGetProperty("MetricStat", out _)));

    private static AlarmDefinition Read(JsonElement alarm, string queue, string group)
    {
        var name = Name(alarm);
        var stats = Queries(alarm).Where(query => query.TryGetProperty("MetricStat", out _)).ToList();
        var metrics = stats.Count > 0
            ? stats.ToDictionary(query => query.GetProperty("Id").GetString()!, query => Stat(query.GetProperty("MetricStat")))
            : new Dictionary<string, Metric> { ["value"] = Stat(alarm) };
        var periods = alarm.GetProperty("EvaluationPeriods").GetInt32();
        return new AlarmDefinition(
            name,
            metrics,
            MetricMath.Parse(stats.Count > 0 ? Expression(alarm) : "value"),
            Enum.Parse<ComparisonOperator>(alarm.GetProperty("ComparisonOperator").GetString()!),
            alarm.GetProperty("Threshold").GetDouble(),
            Minute,
            periods,
            alarm.TryGetProperty("DatapointsToAlarm", out var m) && m.ValueKind == JsonValueKind.Number ? m.GetInt32() : periods,
            alarm.TryGetProperty("TreatMissingData", out var missing)
                ? Enum.Parse<MissingData>(missing.GetString()!, ignoreCase: true)
                : MissingData.Missing,
            [.. Texts(alarm, "AlarmActions")]);

        Metric Stat(JsonElement stat)
        {
            if (stat.GetProperty("Period").GetInt32() != Minute.TotalSeconds)
                throw new NotSupportedException($"{name}: only periods of a minute are simulated");
            // One sample a minute: its average, minimum, maximum and sum are the same, a count of samples is not.
            var statistic = stat.TryGetProperty("Stat", out var given) ? given : stat.GetProperty("Statistic");
            if (statistic.GetString() is not ("Average" or "Minimum" or "Maximum" or "Sum"))
                throw new NotSupportedException($"{name}: a statistic that is not simulated: {statistic}");
            var metric = stat.TryGetProperty("Metric", out var inner) ? inner : stat;
            var dimension = metric.GetProperty("Dimensions").EnumerateArray().Single().GetProperty("Value").GetString();
            if (dimension != queue && dimension != group)
                throw new NotSupportedException($"{name} looks at {dimension}, which is neither the stack's queue nor its group");
            return new Metric(metric.GetProperty("Namespace").GetString()!, metric.GetProperty("MetricName").GetString()!);
        }
    }

    private static string Expression(JsonElement alarm)
    {
        var returned = Queries(alarm).Where(query => !query.TryGetProperty("ReturnData", out var data) || data.GetBoolean()).ToList();
        return returned is [var only] && only.TryGetProperty("Expression", out var expression)
            ? expression.GetString()!
            : throw new NotSupportedException($"{Name(alarm)}: not one expression that returns data");
    }

    private static List<JsonElement> Queries(JsonElement alarm)
        => alarm.TryGetProperty("Metrics", out var queries) ? [.. queries.EnumerateArray()] : [];

    private static IEnumerable<string> Texts(JsonElement alarm, string name)
        => alarm.TryGetProperty(name, out var texts) ? texts.EnumerateArray().Select(text => text.GetString()!) : [];

    private static string Name(JsonElement alarm) => alarm.GetProperty("AlarmName").GetString()!;
}
