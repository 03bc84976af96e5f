namespace ClamBucketFleet.ClamAv;

/// <summary>How clamscan is started, and how much it is given at once.</summary>
/// <param name="Path"><c>Scan:ClamscanPath</c>.</param>
/// <param name="SpoolDirectory"><c>Scan:SpoolDirectory</c>.</param>
/// <param name="SpoolLimit"><c>Scan:SpoolLimit</c>, bytes; 0 is 80 % of what is free at the first scan.</param>
/// <param name="ScanTime">After this long with one object clamscan gives it up, which is UNSCANNABLE.</param>
public sealed record ClamscanSettings(string Path, string SpoolDirectory, long SpoolLimit, TimeSpan ScanTime)
{
    /// <summary>
    /// How long nothing more may come before a batch closes: its objects share the load of the database. What is on its
    /// way into the spool is waited for, up to <see cref="LongestLinger"/>.
    /// </summary>
    public TimeSpan Linger { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary><c>Scan:ClamscanWait</c>: how long the oldest object of a batch waits for others.</summary>
    public TimeSpan LongestLinger { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Objects of one invocation, at most.</summary>
    public int BatchFiles { get; init; } = 200;

    /// <summary>Bytes at which an invocation takes no further object.</summary>
    public long BatchBytes { get; init; } = 512L << 20;

    /// <summary>Time for loading the database, on the slowest machine.</summary>
    public TimeSpan LoadTime { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How long an invocation may take: the load, the slowest object, and a MiB a second for the others.</summary>
    internal TimeSpan Deadline(long bytes) => LoadTime + ScanTime + TimeSpan.FromSeconds(bytes >> 20);
}
