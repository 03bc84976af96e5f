using ClamBucketFleet.Inspection;

namespace ClamBucketFleet;

/// <summary>
/// What an engine said of one content, turned into a verdict. The only place where <see cref="Clean"/> is made,
/// and the only table of which names are findings and which are the engine's way to say that it did not look.
/// </summary>
public static class EngineAnswer
{
    private const string Limits = "Heuristics.Limits.Exceeded";
    private const string ScanTime = "Heuristics.Limits.Exceeded.MaxScanTime";
    private const string Encrypted = "Heuristics.Encrypted.";

    /// <summary>
    /// The engine's complete, positive answer: it read <paramref name="bytesScanned"/> bytes to the end and found
    /// nothing.
    /// </summary>
    /// <param name="bytesScanned">Bytes that the engine was given and acknowledged.</param>
    /// <param name="length">Bytes that the content has.</param>
    /// <exception cref="TryAgainException">The two differ: something was cut short, so this is no answer.</exception>
    public static Verdict NothingFound(long bytesScanned, long length) =>
        Whole(bytesScanned, length);

    /// <summary>
    /// The engine's complete, positive answers on all members of an archive that was read from its first byte to its
    /// last, and holds nothing besides.
    /// </summary>
    /// <param name="members">The engine's answers.</param>
    /// <param name="bytesRead">Bytes of the archive that were understood.</param>
    /// <param name="length">Bytes that it has.</param>
    /// <exception cref="TryAgainException">Something is missing, so these are no answers.</exception>
    public static Verdict EveryMemberClean(MemberTally members, long bytesRead, long length) =>
        members.EveryMemberIsClean
            ? Whole(bytesRead, length)
            : throw new TryAgainException("The engine did not read every member to its end; its answers do not count.");

    /// <summary>The engine named what it found.</summary>
    /// <param name="names">Every name, as the engine wrote it; at least one.</param>
    /// <returns>
    /// <see cref="Infected"/> with the real signatures where there is one; otherwise <see cref="Unscannable"/>.
    /// </returns>
    public static Verdict Found(IReadOnlyCollection<string> names)
    {
        ArgumentOutOfRangeException.ThrowIfZero(names.Count);
        var signatures = names.Where(name => NotLooked(name) is null).Distinct(StringComparer.Ordinal).ToArray();
        if (signatures.Length > 0)
            return new Infected(signatures);

        return new Unscannable(names.Select(NotLooked).First() ?? UnscannableReason.LimitsExceeded);
    }

    private static Clean Whole(long bytesScanned, long length) =>
        bytesScanned == length
            ? new Clean()
            : throw new TryAgainException(
                $"The engine was given {bytesScanned} bytes of an object of {length}; its answer does not count.");

    private static UnscannableReason? NotLooked(string name) => name switch
    {
        _ when name.StartsWith(ScanTime, StringComparison.Ordinal) => UnscannableReason.Timeout,
        _ when name.StartsWith(Limits, StringComparison.Ordinal) => UnscannableReason.LimitsExceeded,
        _ when name.StartsWith(Encrypted, StringComparison.Ordinal) => UnscannableReason.Encrypted,
        _ => null,
    };
}
