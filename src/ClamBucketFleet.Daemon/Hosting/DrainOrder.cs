using ClamBucketFleet.Aws.Instance;
using ClamBucketFleet.Options;

namespace ClamBucketFleet.Daemon.Hosting;

/// <summary>Why the work has to end, where more than a stop is behind it, and by when. It begins once.</summary>
internal sealed class DrainOrder(CurrentOptions current, TimeProvider time) : IDisposable
{
    /// <summary>What is left of a Spot instance's time when work is cut off: it is handed back by then.</summary>
    public static readonly TimeSpan SpotMargin = TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _over = new(Timeout.InfiniteTimeSpan, time);
    private DateTimeOffset? _instanceEnds;
    private (long Since, TimeSpan Within)? _begun;

    /// <summary>The notice that the drain began for; null where a person or systemd asked for it, or it has not begun.</summary>
    public Notice? Cause { get; private set; }

    /// <summary>Cancelled when the time to end work is over.</summary>
    public CancellationToken IsOver => _over.Token;

    /// <summary>The time that is left to end work.</summary>
    public TimeSpan Left
    {
        get
        {
            lock (_lock)
            {
                var left = _begun is { } begun ? begun.Within - time.GetElapsedTime(begun.Since) : Limit();
                return left > TimeSpan.Zero ? left : TimeSpan.Zero;
            }
        }
    }

    /// <summary>The work is to end from now on. A second time changes nothing.</summary>
    public void Begin() => Begin(null);

    /// <inheritdoc cref="Begin()"/>
    /// <param name="cause">Why; it may shorten the time that is left, whether or not it is the first.</param>
    /// <returns>Whether the drain begins with this.</returns>
    public bool Begin(Notice? cause)
    {
        lock (_lock)
        {
            if (cause is SpotInterruption spot)
                _instanceEnds = spot.At;
            var isFirst = _begun is null;
            if (isFirst)
                Cause = cause;
            else if (Limit() >= _begun!.Value.Within - time.GetElapsedTime(_begun.Value.Since))
                return false;

            _begun = (time.GetTimestamp(), Limit());
            _over.CancelAfter(_begun.Value.Within);
            return isFirst;
        }
    }

    public void Dispose() => _over.Dispose();

    private TimeSpan Limit()
    {
        var drain = current.Value.Drain;
        if (_instanceEnds is not { } ends)
            return drain;
        var left = ends - SpotMargin - time.GetUtcNow();
        return left < TimeSpan.Zero ? TimeSpan.Zero : left < drain ? left : drain;
    }
}
