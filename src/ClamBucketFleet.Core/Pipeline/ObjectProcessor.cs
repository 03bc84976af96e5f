using ClamBucketFleet.Options;
using ClamBucketFleet.Policy;
using Microsoft.Extensions.Logging;

namespace ClamBucketFleet.Pipeline;

/// <summary>What came of one object.</summary>
/// <param name="Content">Null where nothing was opened.</param>
/// <param name="Action">The word of the alert.</param>
/// <param name="Copy">The copy that was made of it.</param>
public sealed record ObjectOutcome(
    ObjectRef Reference,
    ObjectIdentity? Content,
    Verdict Verdict,
    string Action,
    ObjectLocation? Destination,
    ScanReport? Report,
    ObjectIdentity? Copy = null)
{
    /// <summary>Where the content is now, as far as this program moved it.</summary>
    public ObjectIdentity? Standing => Copy ?? Content;
}

/// <summary>The way of one object: filter, open, scan, copy, alert, delete or tag.</summary>
public sealed class ObjectProcessor(
    IObjectStore store,
    ContentScanner scanner,
    DispositionSteps steps,
    CurrentOptions current,
    ILogger<ObjectProcessor> logger)
{
    // A part copy within S3 is several times as fast, and several run at once.
    private const long SlowestCopyPerSecond = 4L << 20;

    private volatile FilterInUse _filter = new(current.Value.Filter);

    /// <summary>Gives the object its verdict and does what the policy asks for.</summary>
    public Task<ObjectOutcome> ProcessAsync(
        ObjectRef reference, Delivery delivery, Pulse pulse, CancellationToken cancellationToken) =>
        ProcessAsync(reference, delivery, pulse, WorkPlace.None, cancellationToken);

    /// <summary>The same, for a message that has a place.</summary>
    /// <param name="reference">The object.</param>
    /// <param name="delivery">How its message came.</param>
    /// <param name="pulse">Told what is being done.</param>
    /// <param name="place">Lent to others while the object waits for others of its size.</param>
    /// <param name="cancellationToken">Cuts the work off.</param>
    /// <exception cref="TryAgainException">Something failed; whatever was done may be done again.</exception>
    /// <exception cref="ScannerUnavailableException">The engine is not fit.</exception>
    public async Task<ObjectOutcome> ProcessAsync(
        ObjectRef reference, Delivery delivery, Pulse pulse, WorkPlace place, CancellationToken cancellationToken)
    {
        pulse.Waits("waiting for other work on the same object");
        using var turn = await steps.Locks.AcquireAsync(reference.Bucket, reference.Key, cancellationToken).ConfigureAwait(false);
        var options = current.Value;
        ObjectIdentity? content = null;
        try
        {
            var judged = Left(reference, options) is { } reason
                ? Undisturbed(reference, null, new Skipped(reason))
                : await JudgeAsync(
                    reference, null, seen => content = seen, options, pulse, place, IsCleanOfInterest(options, reference.Bucket), cancellationToken)
                    .ConfigureAwait(false);
            pulse.Begins(
                "doing what the policy asks for",
                Liveness.Requests + DispositionSteps.TurnLimit + TimeSpan.FromSeconds((judged.Content?.Size ?? 0) / SlowestCopyPerSecond));
            var outcome = await steps.ApplyAsync(judged, options, delivery, cancellationToken).ConfigureAwait(false);
            // A line that nobody takes holds up every thread that has one.
            pulse.Begins("logging what came of it", Liveness.Margin);
            Report(outcome, delivery);
            return outcome;
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            var error = e is TryAgainException or ScannerUnavailableException or FatalConfigurationException
                ? e.Message
                : $"A fault of the program: {SafeText.Escape(e.Message)}";
            Log.ObjectFailed(logger, SafeText.Escape(reference.Bucket), SafeText.Escape(reference.Key), delivery.ReceiveCount, error);
            pulse.Begins("reporting a failure", Liveness.Requests);
            if (delivery.IsLast)
                await steps.ReportErrorAsync(reference, content, error, options, delivery, cancellationToken).ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Says of an object that its message goes to the dead-letter queue before it got its turn.</summary>
    public Task GiveUpAsync(ObjectRef reference, string error, Delivery delivery, CancellationToken cancellationToken)
    {
        Log.ObjectFailed(logger, SafeText.Escape(reference.Bucket), SafeText.Escape(reference.Key), delivery.ReceiveCount, error);
        return steps.ReportErrorAsync(reference, null, error, current.Value, delivery, cancellationToken);
    }

    /// <summary>
    /// The verdict on an object that a person asks for, filtered or not: nothing is changed and nobody is told.
    /// </summary>
    /// <param name="reference">What to scan.</param>
    /// <param name="progress">Told what was opened and how many bytes of it were read; may be null.</param>
    /// <param name="cancellationToken">Gives the scan up.</param>
    public Task<ObjectOutcome> ScanAsync(
        ObjectRef reference,
        Action<ObjectIdentity, long>? progress,
        CancellationToken cancellationToken) =>
        JudgeAsync(reference, progress, _ => { }, current.Value, Pulse.Unwatched, WorkPlace.None, hashesClean: true, cancellationToken);

    // Whoever copies a clean object, or tells of one, needs its hash; so does the alert that something failed on the way.
    private static bool IsCleanOfInterest(FleetOptions options, string bucket) =>
        options.PolicyFor(bucket).Clean != CleanAction.None || options.Alerts.Publish.Contains(Statuses.Clean);

    private SkipReason? Left(ObjectRef reference, FleetOptions options)
    {
        var filter = _filter;
        if (!ReferenceEquals(filter.Options, options.Filter))
            _filter = filter = new FilterInUse(options.Filter);
        return !filter.Filter.Admits(reference.Bucket, reference.Key) ? SkipReason.Filtered
            : steps.IsOwnCopy(reference) ? SkipReason.OwnCopy
            : null;
    }

    private async Task<ObjectOutcome> JudgeAsync(
        ObjectRef reference,
        Action<ObjectIdentity, long>? progress,
        Action<ObjectIdentity> opened,
        FleetOptions options,
        Pulse pulse,
        WorkPlace place,
        bool hashesClean,
        CancellationToken cancellationToken)
    {
        pulse.Begins("opening an object", Liveness.Requests);
        switch (await store.OpenAsync(reference, cancellationToken).ConfigureAwait(false))
        {
            case OpenResult.Gone:
                return Undisturbed(reference, null, new Skipped(SkipReason.Gone));
            case OpenResult.Superseded:
                return Undisturbed(reference, null, new Skipped(SkipReason.Superseded));
            case OpenResult.Unreadable unreadable:
                opened(unreadable.Content);
                return Undisturbed(reference, unreadable.Content, new Unscannable(unreadable.Reason));
            case OpenResult.Opened { Content: var content }:
                await using (content)
                {
                    var identity = content.Identity;
                    opened(identity);
                    Action<long>? onBytes = progress is null ? null : bytes => progress(identity, bytes);
                    var report = await scanner.ScanAsync(
                        content.Body, identity.Size, options.Scan, onBytes, pulse, place, hashesClean, cancellationToken).ConfigureAwait(false);
                    return new ObjectOutcome(reference, identity, report.Verdict, "NONE", null, report);
                }

            case var other:
                throw new InvalidOperationException($"Not a result of opening: {other}");
        }
    }

    private static ObjectOutcome Undisturbed(ObjectRef reference, ObjectIdentity? content, Verdict verdict) =>
        new(reference, content, verdict, "NONE", null, null);

    private void Report(ObjectOutcome outcome, Delivery delivery)
    {
        if (!logger.IsEnabled(LogLevel.Information))
            return;
        if (outcome.Report?.Inspection is { } inspection)
        {
            Log.LookedInto(
                logger,
                SafeText.Escape(outcome.Reference.Bucket),
                SafeText.Escape(outcome.Reference.Key),
                inspection.BytesInspected,
                inspection.Members,
                inspection.Windows);
        }

        var status = outcome.Verdict.Status;
        var bucket = SafeText.Escape(outcome.Reference.Bucket);
        var key = SafeText.Escape(outcome.Reference.Key);
        var detail = outcome.Verdict is Infected infected
            ? SafeText.Escape(string.Join(", ", infected.Signatures))
            : outcome.Verdict.ReasonWord;
        var action = outcome.Destination is { } destination
            ? $"{outcome.Action} to {SafeText.Escape(destination.ToString())}"
            : outcome.Action;
        var queued = AlertFactory.Rounded(delivery.Queued);
        var download = AlertFactory.Rounded(outcome.Report?.Download);
        var scan = AlertFactory.Rounded(outcome.Report?.Scan);
        if (detail is null)
            Log.ObjectClean(logger, status, bucket, key, action, outcome.Content?.Size, queued, download, scan, delivery.ReceiveCount);
        else if (outcome.Report is null)
            Log.ObjectUnread(logger, status, bucket, key, detail, action, queued, delivery.ReceiveCount);
        else
            Log.ObjectJudged(logger, status, bucket, key, detail, action, outcome.Content?.Size, queued, download, scan, delivery.ReceiveCount);
    }

    private sealed record FilterInUse(FilterOptions Options)
    {
        public ObjectFilter Filter { get; } = new(Options);
    }
}
