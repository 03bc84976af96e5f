namespace ClamBucketFleet.Scaling.AutoScaling;

/// <summary>What DescribeAutoScalingGroups and DescribeLifecycleHooks say of the fleet.</summary>
/// <param name="DrainLimit">The heartbeat timeout of the hook for terminating instances.</param>
/// <param name="InstanceTypes">What the group may launch.</param>
public sealed record GroupDefinition(
    string Name,
    int MinSize,
    int MaxSize,
    TimeSpan DrainLimit,
    int OnDemandBase,
    int OnDemandPercentage,
    IReadOnlyList<string> InstanceTypes,
    IReadOnlySet<string> EnabledMetrics);
