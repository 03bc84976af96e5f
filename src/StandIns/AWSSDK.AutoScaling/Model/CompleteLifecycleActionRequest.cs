namespace Amazon.AutoScaling.Model;

/// <summary>Ends the wait of a lifecycle hook: the result is CONTINUE or ABANDON.</summary>
public partial class CompleteLifecycleActionRequest : AmazonAutoScalingRequest
{
    public string AutoScalingGroupName { get; set; }

    public string LifecycleHookName { get; set; }

    public string InstanceId { get; set; }

    public string LifecycleActionToken { get; set; }

    public string LifecycleActionResult { get; set; }
}
