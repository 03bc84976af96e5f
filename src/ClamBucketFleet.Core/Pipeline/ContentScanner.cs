using ClamBucketFleet.Inspection;
using ClamBucketFleet.Options;

namespace ClamBucketFleet.Pipeline;

/// <summary>What a scan of one content came to.</summary>
/// <param name="Sha256">
/// Lower-case hexadecimal. Null where the content was not read to its end, and where it is clean and nobody asked.
/// </param>
/// <param name="Download">Time spent waiting for the content.</param>
/// <param name="Scan">Time spent by the engine beyond that.</param>
public sealed record ScanReport(
    Verdict Verdict,
    string? Sha256,
    TimeSpan Download,
    TimeSpan Scan,
    EngineInfo? Engine)
{
    /// <summary>How far an object over the limit was looked into; null where it was not, or not to an end.</summary>
    public InspectionResult? Inspection { get; init; }
}

/// <summary>Has one content read by the engine, within the limits of size and time.</summary>
public sealed class ContentScanner(IScanEngine engine, ScannerFitness fitness, TimeProvider time)
{
    // What most objects are smaller than, and what the pool has buffers of.
    private const int MostKept = 128 * 1024;

    private readonly ContentLocks _large = new();

    /// <summary>The verdict on a content, with its hash; it is disposed of by the caller.</summary>
    /// <param name="content">Read once, forward.</param>
    /// <param name="length">Bytes that it must have.</param>
    /// <param name="options">The limits of size and time.</param>
    /// <param name="progress">Told the number of bytes read so far; may be null.</param>
    /// <param name="pulse">Told what is being done.</param>
    /// <param name="cancellationToken">Gives the scan up.</param>
    /// <exception cref="TryAgainException">No verdict this time.</exception>
    /// <exception cref="ScannerUnavailableException">No verdict on anything for now.</exception>
    public Task<ScanReport> ScanAsync(
        Stream content,
        long length,
        ScanOptions options,
        Action<long>? progress,
        Pulse pulse,
        CancellationToken cancellationToken) =>
        ScanAsync(content, length, options, progress, pulse, WorkPlace.None, hashesClean: true, cancellationToken);

    /// <summary>
    /// The same, for a message that has a place: lent to others while this content waits for its turn; and without the hash
    /// of a clean content where nobody asks for it.
    /// </summary>
    public async Task<ScanReport> ScanAsync(
        Stream content,
        long length,
        ScanOptions options,
        Action<long>? progress,
        Pulse pulse,
        WorkPlace place,
        bool hashesClean,
        CancellationToken cancellationToken)
    {
        var isLarge = length > options.MaxObjectSize;
        if (isLarge && options.LargeObjects != LargeObjects.Inspect)
            return new ScanReport(new Unscannable(UnscannableReason.TooLarge), null, default, default, fitness.Engine);

        // One large object at a time: it may need memory and a file in the spool, and takes the engine for long.
        pulse.Waits("waiting for another large object");
        using var turn = isLarge ? await _large.AcquireAsync("", "", cancellationToken).ConfigureAwait(false) : null;
        pulse.Waits("waiting for other objects of its size");
        var entering = engine.TurnAsync(length, cancellationToken);
        if (!entering.IsCompleted)
            place.Lend();
        using var entered = await entering.ConfigureAwait(false);
        var limits = InspectionLimits.For(options);
        var patience = limits.Patience(options.Timeout, length);
        pulse.Begins("scanning", patience + Liveness.Margin);
        await using var measured = new MeasuredStream(
            content, time, progress, hashesClean || length > MostKept ? 0 : (int)length);
        using var limit = new CancellationTokenSource(patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        var started = time.GetTimestamp();
        Verdict verdict;
        InspectionResult? inspection = null;
        try
        {
            if (isLarge)
                inspection = await new Inspector(engine, limits).InspectAsync(measured, length, either.Token).ConfigureAwait(false);
            verdict = inspection?.Verdict ?? await engine.ScanAsync(measured, length, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            verdict = await TimedOutAsync(measured, length, patience, options, pulse, cancellationToken).ConfigureAwait(false);
        }

        var total = time.GetElapsedTime(started);
        var whole = measured.BytesRead == length;
        if (verdict is Clean && !whole)
            throw new TryAgainException($"The engine answered after {measured.BytesRead} of {length} bytes: that does not count.");

        return new ScanReport(
            verdict,
            whole && (hashesClean || verdict is not Clean) ? measured.Sha256() : null,
            measured.TimeReading,
            total - measured.TimeReading,
            fitness.Engine)
        {
            Inspection = inspection,
        };
    }

    // A scan that takes too long says something of the object only where the engine is fit and had all of it.
    private async Task<Verdict> TimedOutAsync(
        MeasuredStream content, long length, TimeSpan patience, ScanOptions options, Pulse pulse, CancellationToken cancellationToken)
    {
        var limit = ValueParser.Duration(patience);
        if (content.IsReading)
        {
            throw new ServiceUnreachableException(
                $"The content did not arrive within {limit} (Scan:Timeout): {content.BytesRead} of {length} bytes came.");
        }

        pulse.Begins("asking the engine", fitness.Patience + Liveness.Margin);
        await fitness.ProveAsync(cancellationToken).ConfigureAwait(false);

        // An object over the limit may unpack to more than there is time for: that is the object's doing.
        return content.BytesRead == length || (length > options.MaxObjectSize && content.TimeReading < patience / 2)
            ? new Unscannable(UnscannableReason.Timeout)
            : throw new TryAgainException(
                $"The engine had only {content.BytesRead} of {length} bytes after {limit} (Scan:Timeout).");
    }
}
