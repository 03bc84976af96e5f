using Amazon.Runtime;

namespace Amazon.AutoScaling;

/// <summary>Where an instance is in its life.</summary>
public class LifecycleState : ConstantClass
{
    public static readonly LifecycleState Detached = new("Detached");
    public static readonly LifecycleState Detaching = new("Detaching");
    public static readonly LifecycleState EnteringStandby = new("EnteringStandby");
    public static readonly LifecycleState InService = new("InService");
    public static readonly LifecycleState Pending = new("Pending");
    public static readonly LifecycleState PendingProceed = new("Pending:Proceed");
    public static readonly LifecycleState PendingWait = new("Pending:Wait");
    public static readonly LifecycleState Quarantined = new("Quarantined");
    public static readonly LifecycleState Standby = new("Standby");
    public static readonly LifecycleState Terminated = new("Terminated");
    public static readonly LifecycleState Terminating = new("Terminating");
    public static readonly LifecycleState TerminatingProceed = new("Terminating:Proceed");
    public static readonly LifecycleState TerminatingWait = new("Terminating:Wait");

    public LifecycleState(string value)
        : base(value)
    {
    }

    public static implicit operator LifecycleState(string value) => FindValue(value);

    public static LifecycleState FindValue(string value) => FindValue<LifecycleState>(value);
}
