namespace Amazon.AutoScaling.Model;

/// <summary>An instance and its group.</summary>
public partial class AutoScalingInstanceDetails
{
    public string InstanceId { get; set; }

    public string InstanceType { get; set; }

    public string AvailabilityZone { get; set; }

    public string LifecycleState { get; set; }

    public string HealthStatus { get; set; }

    public string AutoScalingGroupName { get; set; }
}
