using ClamBucketFleet.Scaling.AutoScaling;
using ClamBucketFleet.Scaling.CloudWatch;
using ClamBucketFleet.Scaling.Queue;

namespace ClamBucketFleet.Scaling.Stack;

/// <summary>All of a created stack that decides how large its fleet is.</summary>
/// <param name="Alarms">Those that invoke a policy of the group.</param>
/// <param name="AlarmMetrics">Metrics in all alarms of the stack: what CloudWatch bills.</param>
/// <param name="Parameters">The stack's own, for what it costs.</param>
public sealed record FleetStack(
    GroupDefinition Group,
    QueueDefinition Queue,
    IReadOnlyList<AlarmDefinition> Alarms,
    IReadOnlyList<ScalingPolicy> Policies,
    int AlarmMetrics,
    IReadOnlyDictionary<string, string> Parameters);
