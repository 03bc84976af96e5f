namespace Amazon.AutoScaling.Model;

/// <summary>Asks for the lifecycle hooks of a group.</summary>
public partial class DescribeLifecycleHooksRequest : AmazonAutoScalingRequest
{
    public string AutoScalingGroupName { get; set; }

    public List<string> LifecycleHookNames { get; set; }
}
