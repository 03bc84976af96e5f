using ClamBucketFleet.Pipeline;

namespace ClamBucketFleet.Daemon.Hosting;

/// <summary>
/// Feeds systemd's watchdog for as long as everything at work is heard of. What hangs has the daemon killed and started
/// again; its messages come back to the queue when their leases end.
/// </summary>
internal sealed class Watchdog(ServiceManager systemd, Liveness liveness, WatchdogLimit limit, TimeProvider time)
{
    // One that was only late must be fed as soon as it is back.
    private static readonly TimeSpan LongestDoubt = TimeSpan.FromSeconds(1);

    // What a timer can do.
    private static readonly TimeSpan ShortestWait = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan LongestWait = TimeSpan.FromDays(1);

    /// <summary>Feeds it until it is told to stop; returns at once where nobody asks for that.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        if (limit.Time is not { } within)
            return;

        var half = TimeSpan.FromTicks(Math.Clamp(within.Ticks / 2, ShortestWait.Ticks, LongestWait.Ticks));
        while (!cancellationToken.IsCancellationRequested)
        {
            var isAlive = liveness.Late() is null;
            if (isAlive)
                systemd.Tell("WATCHDOG=1");
            await Task.Delay(isAlive || half < LongestDoubt ? half : LongestDoubt, time, cancellationToken)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
