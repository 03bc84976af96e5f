namespace ClamBucketFleet.Inspection;

/// <summary>Has the content of a gzip read.</summary>
internal sealed class GzipWalker(ForwardReader source, InspectionRun run, int depth)
{
    public async Task WalkAsync(CancellationToken cancellationToken)
    {
        run.CountMember();
        using var content = new GzipStreamReader(source, run.Budget);
        await run.ReadUnknownAsync(content, depth, cancellationToken).ConfigureAwait(false);
        if (!content.IsWhole)
            throw new BadArchiveException(UnscannableReason.TooLarge);
    }
}
