namespace Amazon.AutoScaling.Model;

/// <summary>Where a group waits for somebody before an instance goes on in its life. Times are in seconds.</summary>
public partial class LifecycleHook
{
    public string AutoScalingGroupName { get; set; }

    public string LifecycleHookName { get; set; }

    public string LifecycleTransition { get; set; }

    public string DefaultResult { get; set; }

    public int? HeartbeatTimeout { get; set; }

    public int? GlobalTimeout { get; set; }
}
