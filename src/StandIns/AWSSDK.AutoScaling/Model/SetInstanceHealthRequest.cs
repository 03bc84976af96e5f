namespace Amazon.AutoScaling.Model;

/// <summary>Sets an instance's health: Healthy or Unhealthy.</summary>
public partial class SetInstanceHealthRequest : AmazonAutoScalingRequest
{
    public string InstanceId { get; set; }

    public string HealthStatus { get; set; }

    public bool? ShouldRespectGracePeriod { get; set; }
}
