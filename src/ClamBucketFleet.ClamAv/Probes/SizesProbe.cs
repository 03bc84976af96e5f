namespace ClamBucketFleet.ClamAv;

/// <summary>
/// Whether MaxScanSize is above MaxFileSize. ClamAV 1.4 cuts a deflated member of a ZIP archive off at MaxFileSize and
/// says nothing, AlertExceedsMax or not; it speaks only where what is left still exceeds MaxScanSize. A tar member
/// that claims a size, and is not there, tells which of the two limits is met first.
/// </summary>
internal static class SizesProbe
{
    private const int Largest = int.MaxValue;

    public static readonly ClamdSetting[] Settings =
    [
        new("MaxFileSize 2147483647", Otherwise),
        new("MaxScanSize 2147483647", Otherwise),
    ];

    private const string Otherwise =
        "what lies past MaxFileSize in a member of a ZIP archive is called clean, as long as MaxScanSize is above MaxFileSize";

    /// <summary>
    /// From here on it is bombs that are cut, two gigabytes of one member: worth a word, and not that clamd is refused.
    /// </summary>
    public const int NearlyAll = 2_000_000_000;

    /// <returns>The size in bytes at which clamd cuts a member off in silence; null where it does not.</returns>
    public static async Task<int?> CutsInSilenceAtAsync(ClamdClient client, CancellationToken cancellationToken)
    {
        // The largest size that is taken, and the smallest that is not.
        var (taken, refused) = (0, Largest);
        var reply = await AskAsync(Largest);
        while (refused - taken > 1)
        {
            var middle = taken + ((refused - taken) / 2);
            var answer = await AskAsync(middle);
            if (IsLimit(answer))
                (refused, reply) = (middle, answer);
            else
                taken = middle;
        }

        return reply.Contains(".MaxFileSize ", StringComparison.Ordinal) ? refused : null;

        Task<string> AskAsync(int size) => client.AskAsync(ProbeObjects.TarThatClaims(size), cancellationToken);
    }

    private static bool IsLimit(string reply) => reply.Contains("Limits.Exceeded", StringComparison.Ordinal);
}
