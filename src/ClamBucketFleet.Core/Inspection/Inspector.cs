namespace ClamBucketFleet.Inspection;

/// <summary>
/// Looks into an object that is larger than the engine can read: archives member by member, anything else in overlapping
/// windows. It is clean only where the engine read every member whole and nothing else was there.
/// </summary>
public sealed class Inspector(IScanEngine engine, InspectionLimits limits)
{
    /// <summary>Reads an object once, forward.</summary>
    /// <param name="content">What its reads throw comes through unchanged.</param>
    /// <param name="length">Bytes that it must have.</param>
    /// <param name="cancellationToken">Gives the inspection up.</param>
    /// <exception cref="TryAgainException">No verdict this time.</exception>
    /// <exception cref="ScannerUnavailableException">No verdict on anything for now.</exception>
    public async Task<InspectionResult> InspectAsync(Stream content, long length, CancellationToken cancellationToken)
    {
        var run = new InspectionRun(engine, limits, length);
        using var reader = new ForwardReader(content, length);
        try
        {
            await run.LookIntoAsync(reader, 0, cancellationToken).ConfigureAwait(false);
        }
        catch (FoundException found)
        {
            return Result(run, found.Verdict);
        }

        if (reader.Consumed != length)
            throw new TryAgainException($"{reader.Consumed} bytes came of an object of {length}.");

        return Result(run, run.Tally.NotWhole is { } reason
            ? new Unscannable(reason)
            : run.Tally.EveryMemberIsClean
                ? EngineAnswer.EveryMemberClean(run.Tally, reader.Consumed, length)
                : new Unscannable(UnscannableReason.TooLarge));
    }

    private static InspectionResult Result(InspectionRun run, Verdict verdict) =>
        new(verdict, run.BytesInspected, run.Members, run.Windows);
}
