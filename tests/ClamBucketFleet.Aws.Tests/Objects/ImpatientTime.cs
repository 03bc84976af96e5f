namespace ClamBucketFleet.Aws.Tests.Objects;

/// <summary>Pauses of a few seconds are over at once; limits, which are longer, are as long as they are.</summary>
internal sealed class ImpatientTime : TimeProvider
{
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        base.CreateTimer(callback, state, dueTime < TimeSpan.FromSeconds(10) ? TimeSpan.Zero : dueTime, period);
}
