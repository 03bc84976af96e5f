using System.Diagnostics.Metrics;
using System.Globalization;

namespace ClamBucketFleet.Pipeline;

/// <summary>What the process has done since it started, and how it stands with its queue.</summary>
public sealed class FleetCounters
{
    private int _inWork;
    private long _clean;
    private long _infected;
    private long _unscannable;
    private long _skipped;
    private long _failed;

    /// <summary>Why the queue was not reached at the last try; null where it was.</summary>
    public string? QueueTrouble { get; set; }

    public int InWork => Volatile.Read(ref _inWork);

    public long Scanned => Interlocked.Read(ref _clean) + Interlocked.Read(ref _infected) + Interlocked.Read(ref _unscannable);

    public void MessageTaken() => Interlocked.Increment(ref _inWork);

    public void MessageEnded() => Interlocked.Decrement(ref _inWork);

    public void Count(Verdict verdict)
    {
        switch (verdict)
        {
            case Clean:
                Interlocked.Increment(ref _clean);
                break;
            case Infected:
                Interlocked.Increment(ref _infected);
                break;
            case Unscannable:
                Interlocked.Increment(ref _unscannable);
                break;
            default:
                Interlocked.Increment(ref _skipped);
                break;
        }
    }

    public void CountFailure() => Interlocked.Increment(ref _failed);

    /// <summary>How many objects came to which status so far.</summary>
    public IEnumerable<Measurement<long>> ByStatus() =>
    [
        Of(_clean, Statuses.Clean),
        Of(_infected, Statuses.Infected),
        Of(_unscannable, Statuses.Unscannable),
        Of(_skipped, Statuses.Skipped),
        Of(_failed, Statuses.ProcessingError),
    ];

    /// <summary>For example <c>3 in work, 1,204 scanned, 2 infected</c>; what is zero beyond these is left out.</summary>
    public override string ToString()
    {
        var parts = new List<string> { $"{Number(InWork)} in work", $"{Number(Scanned)} scanned", $"{Number(_infected)} infected" };
        if (_unscannable > 0)
            parts.Add($"{Number(_unscannable)} unscannable");
        if (_skipped > 0)
            parts.Add($"{Number(_skipped)} skipped");
        if (_failed > 0)
            parts.Add($"{Number(_failed)} failed");
        return string.Join(", ", parts);
    }

    private static Measurement<long> Of(long count, string status) =>
        new(count, new KeyValuePair<string, object?>("status", status));

    private static string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture);
}
