namespace ClamBucketFleet.ClamAv;

/// <summary>
/// Whether MaxScanSize is above MaxFileSize. ClamAV 1.4 cuts a deflated member of a ZIP archive off at MaxFileSize and
/// says nothing, AlertExceedsMax or not; it speaks only where what is left still exceeds MaxScanSize. A tar member
/// that claims a size, and is not there, tells which of the two limits is met first.
/// </summary>
internal static class SizesProbe
{
    private const int Largest = int.MaxValue;
    private const int AtOnce = 8;

    // Where the limits are as high as ClamAV allows, as the package has them.
    private static readonly int[] NearTheTop = [.. Enumerable.Range(0, AtOnce).Select(i => Largest - (1 << (4 * (AtOnce - 1 - i))))];

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
        for (var sizes = NearTheTop; refused - taken > 1; sizes = Between(taken, refused))
        {
            var answers = await Task.WhenAll(sizes.Select(AskAsync));
            var first = Array.FindIndex(answers, IsLimit);
            if (first >= 0)
                (refused, reply) = (sizes[first], answers[first]);
            if (first != 0)
                taken = sizes[first < 0 ? ^1 : first - 1];
        }

        return reply.Contains(".MaxFileSize ", StringComparison.Ordinal) ? refused : null;

        Task<string> AskAsync(int size) => client.AskAsync(ProbeObjects.TarThatClaims(size), cancellationToken);
    }

    // Some at a time, because all that one costs is the way there and back.
    private static int[] Between(int taken, int refused) =>
    [
        .. Enumerable.Range(1, AtOnce).Select(i => taken + (int)((long)(refused - taken) * i / (AtOnce + 1)))
            .Where(size => size > taken).Distinct(),
    ];

    private static bool IsLimit(string reply) => reply.Contains("Limits.Exceeded", StringComparison.Ordinal);
}
