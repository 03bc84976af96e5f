namespace Amazon.AutoScaling.Model;

/// <summary>An instance in a group.</summary>
public partial class Instance
{
    public string InstanceId { get; set; }

    public string InstanceType { get; set; }

    public string AvailabilityZone { get; set; }

    public LifecycleState LifecycleState { get; set; }

    public string HealthStatus { get; set; }
}
