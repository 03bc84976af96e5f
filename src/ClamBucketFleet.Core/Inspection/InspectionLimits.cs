using ClamBucketFleet.Options;

namespace ClamBucketFleet.Inspection;

/// <summary>How far an inspection goes. Sizes in bytes.</summary>
public sealed record InspectionLimits
{
    private const int Mebi = 1024 * 1024;

    /// <summary>The most that the engine is given at once: <c>Scan:MaxObjectSize</c>.</summary>
    public required long MaxMemberSize { get; init; }

    /// <summary>
    /// Bytes of one window. Large, since the engine knows a file's kind by its beginning and every window begins
    /// anew; yet a quarter of what the engine can take, so that its temporary directory needs no more than that.
    /// </summary>
    public long WindowSize { get; init; } = 512L * Mebi;

    /// <summary>
    /// Bytes that a window has in common with the next. Signatures of byte sequences span kilobytes; a whole small
    /// program that lies across a border is seen whole.
    /// </summary>
    public int Overlap { get; init; } = 4 * Mebi;

    /// <summary>
    /// Bytes held in memory of what has no declared length; more goes to <see cref="SpoolDirectory"/> or through
    /// windows of this size.
    /// </summary>
    public int MemoryWindow { get; init; } = 8 * Mebi;

    /// <summary>Members of all archives together, directories and links among them.</summary>
    public int MaxMembers { get; init; } = 1_000_000;

    /// <summary>Archives within archives that are opened here; the engine unpacks members on its own beyond that.</summary>
    public int MaxDepth { get; init; } = 8;

    /// <summary>What is unpacked in all, at every depth, as a multiple of the object's own length.</summary>
    public int MaxExpansion { get; init; } = 100;

    /// <summary>Where one member of unknown length may lie while it is scanned; null for nowhere.</summary>
    public string? SpoolDirectory { get; init; }

    /// <summary>The limits that follow from the configuration.</summary>
    public static InspectionLimits For(ScanOptions options)
    {
        var limits = new InspectionLimits { MaxMemberSize = options.MaxObjectSize, SpoolDirectory = options.SpoolDirectory };
        var window = Math.Min(limits.WindowSize, options.MaxObjectSize);
        return limits with
        {
            WindowSize = window,
            Overlap = (int)Math.Min(limits.Overlap, window / 4),
            MemoryWindow = (int)Math.Min(limits.MemoryWindow, window),
        };
    }

    /// <summary>The time that an object of this length may take.</summary>
    /// <param name="timeout">That of an object that the engine reads at once.</param>
    /// <param name="length">Bytes of the object.</param>
    public TimeSpan Patience(TimeSpan timeout, long length)
    {
        var begun = Math.Max(1, (length - 1) / MaxMemberSize + 1);
        return timeout.Ticks > Longest.Ticks / begun ? Longest : timeout * begun;
    }

    // A message can be leased for twelve hours at most.
    private static readonly TimeSpan Longest = TimeSpan.FromHours(11);
}
