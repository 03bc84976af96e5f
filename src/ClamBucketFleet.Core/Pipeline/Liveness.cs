using System.Collections.Concurrent;
using System.Globalization;

namespace ClamBucketFleet.Pipeline;

/// <summary>
/// Knows of every loop and of every message in work what it is at, and for how long it need not be heard of. What
/// hangs shows by its silence, however it hangs.
/// </summary>
public sealed class Liveness(TimeProvider time)
{
    /// <summary>Behind a limit that a part keeps by itself: timers fire late on a busy machine.</summary>
    public static readonly TimeSpan Margin = TimeSpan.FromMinutes(1);

    /// <summary>For some requests to AWS: the SDK ends each by itself, after three tries of two minutes at the latest.</summary>
    public static readonly TimeSpan Requests = TimeSpan.FromMinutes(30);

    private readonly ConcurrentDictionary<Pulse, bool> _pulses = [];

    /// <summary>Watches a part until its pulse is disposed of.</summary>
    /// <param name="part">How people call it, as in "The receive loop".</param>
    public Pulse Watch(string part)
    {
        var pulse = new Pulse(part, time, ended => _pulses.TryRemove(ended, out _));
        _pulses[pulse] = true;
        return pulse;
    }

    /// <summary>A sentence about the part that has been silent too long; null while all are heard of.</summary>
    public string? Late() => _pulses.Keys.Select(pulse => pulse.State).Where(state => state.IsLate).MaxBy(state => state.Silence) is { } late
        ? string.Create(
            CultureInfo.InvariantCulture,
            $"{late.Part} has not been heard of for {Math.Floor(late.Silence.TotalSeconds):0} s (it was {late.Doing})")
        : null;
}
