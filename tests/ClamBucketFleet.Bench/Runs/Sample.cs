namespace ClamBucketFleet.Bench.Runs;

/// <summary>What one run of one arm came to.</summary>
/// <param name="Objects">That got a verdict.</param>
/// <param name="Bytes">Of theirs.</param>
/// <param name="Seconds">From the first to the last.</param>
/// <param name="Wrong">What was not as it must be; a run with any of it counts for nothing.</param>
internal sealed record Sample(int Objects, long Bytes, double Seconds, IReadOnlyList<string> Wrong)
{
    /// <summary>Milliseconds of CPU an object; NaN where they were not measured, as all below.</summary>
    public double DaemonCpu { get; init; } = double.NaN;

    public double ClamdCpu { get; init; } = double.NaN;

    public double StubCpu { get; init; } = double.NaN;

    /// <summary>The most the daemon had resident, in bytes.</summary>
    public double PeakMemory { get; init; } = double.NaN;

    /// <summary>Bytes allocated an object.</summary>
    public double Allocated { get; init; } = double.NaN;

    /// <summary>Milliseconds from the message's being there to its deletion, its time in the queue included.</summary>
    public double EventP50 { get; init; } = double.NaN;

    public double EventP99 { get; init; } = double.NaN;

    /// <summary>Milliseconds from a message's first receipt to its deletion.</summary>
    public double WorkP50 { get; init; } = double.NaN;

    public double WorkP99 { get; init; } = double.NaN;

    /// <summary>Objects that more than one verdict was given on.</summary>
    public double ScannedTwice { get; init; } = double.NaN;

    /// <summary>Requests to AWS by kind.</summary>
    public IReadOnlyDictionary<string, int> Requests { get; init; } = new Dictionary<string, int>();

    public double ObjectsPerSecond => Objects / Seconds;

    public double MegabytesPerSecond => Bytes / Seconds / 1e6;
}
