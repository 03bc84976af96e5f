using System.Text.Json;
using ClamBucketFleet.Scaling.AutoScaling;

namespace ClamBucketFleet.Scaling.Stack;

public static class GroupReader
{
    private const string Terminating = "autoscaling:EC2_INSTANCE_TERMINATING";

    public static GroupDefinition Read(JsonElement group, JsonElement hooks)
    {
        var hook = hooks.EnumerateArray().Where(one => one.GetProperty("LifecycleTransition").GetString() == Terminating).ToList();
        if (hook.Count != 1)
            throw new NotSupportedException("The group has no hook for terminating instances: a scale-in would cut off scans");

        var mix = group.GetProperty("MixedInstancesPolicy");
        var distribution = mix.GetProperty("InstancesDistribution");
        return new GroupDefinition(
            group.GetProperty("AutoScalingGroupName").GetString()!,
            group.GetProperty("MinSize").GetInt32(),
            group.GetProperty("MaxSize").GetInt32(),
            TimeSpan.FromSeconds(hook[0].GetProperty("HeartbeatTimeout").GetInt32()),
            distribution.GetProperty("OnDemandBaseCapacity").GetInt32(),
            distribution.GetProperty("OnDemandPercentageAboveBaseCapacity").GetInt32(),
            [.. mix.GetProperty("LaunchTemplate").GetProperty("Overrides").EnumerateArray().SelectMany(InstanceTypes)],
            group.GetProperty("EnabledMetrics").EnumerateArray()
                .Select(metric => metric.GetProperty("Metric").GetString()!).ToHashSet());
    }

    private static IEnumerable<string> InstanceTypes(JsonElement launch)
        => launch.TryGetProperty("InstanceType", out var type)
            ? [type.GetString()!]
            : launch.GetProperty("InstanceRequirements").GetProperty("AllowedInstanceTypes").EnumerateArray()
                .Select(allowed => allowed.GetString()!);
}
