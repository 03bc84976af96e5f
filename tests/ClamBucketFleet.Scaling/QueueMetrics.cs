using ClamBucketFleet.Scaling.AutoScaling;
using ClamBucketFleet.Scaling.CloudWatch;
using ClamBucketFleet.Scaling.Queue;
using ClamBucketFleet.Scaling.Stack;

namespace ClamBucketFleet.Scaling;

/// <summary>
/// The metrics that SQS and Auto Scaling deliver each minute. SQS stops six hours after anything last touched the queue:
/// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/monitoring-using-cloudwatch.html
/// </summary>
public sealed class QueueMetrics(ScanQueue queue, ScalingGroup group, Assumptions assumptions)
{
    private static readonly Metric VisibleMessages = new("AWS/SQS", "ApproximateNumberOfMessagesVisible");
    private static readonly Metric InFlightMessages = new("AWS/SQS", "ApproximateNumberOfMessagesNotVisible");
    private static readonly Metric ReceivedMessages = new("AWS/SQS", "NumberOfMessagesReceived");
    private static readonly Metric InServiceInstances = new("AWS/AutoScaling", "GroupInServiceInstances");
    private static readonly Metric DesiredCapacity = new("AWS/AutoScaling", "GroupDesiredCapacity");

    private int _working;
    private long _taken;
    private long _before;
    private long _minuteBefore;
    private int _touched;
    private int _reportsFrom;

    /// <summary>Refuses alarms on metrics that are not simulated, or that the group does not report.</summary>
    public static void Check(FleetStack stack)
    {
        foreach (var metric in stack.Alarms.SelectMany(alarm => alarm.Metrics.Values))
        {
            if (metric == VisibleMessages || metric == InFlightMessages || metric == ReceivedMessages) continue;
            if (metric != InServiceInstances && metric != DesiredCapacity)
                throw new NotSupportedException($"A metric that is not simulated: {metric}");
            if (!stack.Group.EnabledMetrics.Contains(metric.Name))
                throw new NotSupportedException($"The group does not report {metric.Name}: add it to its MetricsCollection");
        }
    }

    /// <summary>Messages that wait in the queue: those in work are not visible.</summary>
    public long Visible(int now) => Math.Max(0, queue.Pending - Hands(now));

    public void Observe(int now, int working, Arrivals arrivals)
    {
        _working = working;
        _taken = queue.Receives - _before;
        _before = queue.Receives;
        // Every instance polls, and a queue that holds a message is active.
        if (working == 0 && arrivals is { Good: 0, Poison: 0 } && queue.IsEmpty) return;

        if (now - _touched > assumptions.AwakeSeconds) _reportsFrom = now + assumptions.WakingSeconds;
        _touched = now;
    }

    public void Publish(MetricStore store, int now, Random random)
    {
        store.Add(InServiceInstances, now, group.InService(now));
        store.Add(DesiredCapacity, now, group.Desired);
        var received = queue.Receives - _minuteBefore;
        _minuteBefore = queue.Receives;
        if (now < _reportsFrom || now - _touched > assumptions.AwakeSeconds) return;

        var visible = Visible(now);
        var inFlight = visible > 0 ? queue.Pending - visible : Sampled(InWork(), random);
        store.Add(VisibleMessages, now, visible);
        store.Add(ReceivedMessages, now, received);
        store.Add(InFlightMessages, now, inFlight + queue.Hidden);
    }

    private long Hands(int now) => (long)group.Working(now) * assumptions.Places;

    // Little's law: what comes in a second, times the seconds that each is in work. The engine is one with two servers.
    private double InWork()
    {
        if (_working == 0) return queue.Pending;

        var load = Math.Min(0.99, _taken / (_working * assumptions.ObjectsPerSecond));
        var seconds = assumptions.StoreLatency + 2 / assumptions.ObjectsPerSecond / (1 - load * load);
        return Math.Min(_working * assumptions.Places, _taken * seconds);
    }

    private static long Sampled(double mean, Random random)
        => Math.Max(0, (long)Math.Round(mean + Math.Sqrt(mean) * (random.NextDouble() + random.NextDouble() + random.NextDouble() - 1.5) * 2));
}
