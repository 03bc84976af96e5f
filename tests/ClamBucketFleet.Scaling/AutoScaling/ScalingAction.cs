namespace ClamBucketFleet.Scaling.AutoScaling;

/// <summary>One change of the desired capacity.</summary>
/// <param name="At">Seconds from the start.</param>
/// <param name="Waiting">Messages that waited in the queue at that moment, visible and in nobody's hands.</param>
public sealed record ScalingAction(int At, int From, int To, string Policy, long Waiting)
{
    public bool IsOut => To > From;
}
