namespace ClamBucketFleet.Pipeline;

/// <summary>Waits between tries, each twice as long as the one before. For one caller at a time.</summary>
/// <param name="shortest">The first one, and the first one after a success.</param>
/// <param name="longest">None is longer.</param>
public sealed class Backoff(TimeSpan shortest, TimeSpan longest)
{
    private TimeSpan? _last;

    /// <summary>How long to wait before the next try.</summary>
    public TimeSpan Next()
    {
        var wait = _last * 2 ?? shortest;
        _last = wait < longest ? wait : longest;
        return _last.Value;
    }

    /// <summary>A try has succeeded.</summary>
    public void Reset() => _last = null;
}
