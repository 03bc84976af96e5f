namespace ClamBucketFleet.Pipeline;

/// <summary>How one part of the work is heard of.</summary>
public sealed class Pulse : IDisposable
{
    private readonly string _part;
    private readonly TimeProvider _time;
    private readonly Action<Pulse> _ended;
    private volatile Mark _last;

    internal Pulse(string part, TimeProvider time, Action<Pulse> ended)
    {
        (_part, _time, _ended) = (part, time, ended);
        _last = new Mark("starting", time.GetTimestamp(), Liveness.Margin);
    }

    /// <summary>For work that nobody watches.</summary>
    public static Pulse Unwatched { get; } = new("", TimeProvider.System, _ => { });

    internal Silent State
    {
        get
        {
            var last = _last;
            var silence = _time.GetElapsedTime(last.At);
            return new Silent(_part, last.Doing, silence, silence > last.Within);
        }
    }

    /// <summary>Begins something that ends, or is heard of again, within a time.</summary>
    /// <param name="doing">What follows "it was", as in "receiving".</param>
    /// <param name="within">Its own limit, and a margin.</param>
    public void Begins(string doing, TimeSpan within) => _last = new Mark(doing, _time.GetTimestamp(), within);

    /// <summary>Waits for another part, which is watched itself: however long that takes, this one does not hang.</summary>
    public void Waits(string doing) => Begins(doing, TimeSpan.MaxValue);

    public void Dispose() => _ended(this);

    internal sealed record Silent(string Part, string Doing, TimeSpan Silence, bool IsLate);

    private sealed record Mark(string Doing, long At, TimeSpan Within);
}
