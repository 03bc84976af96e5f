namespace Amazon.AutoScaling.Model;

/// <summary>Starts the heartbeat timeout of a lifecycle hook anew.</summary>
public partial class RecordLifecycleActionHeartbeatRequest : AmazonAutoScalingRequest
{
    public string AutoScalingGroupName { get; set; }

    public string LifecycleHookName { get; set; }

    public string InstanceId { get; set; }

    public string LifecycleActionToken { get; set; }
}
