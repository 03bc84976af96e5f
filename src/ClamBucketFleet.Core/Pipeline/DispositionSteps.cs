using ClamBucketFleet.Options;
using ClamBucketFleet.Policy;
using Microsoft.Extensions.Logging;

namespace ClamBucketFleet.Pipeline;

/// <summary>
/// Does what the policy asks for, in the order that loses nothing: copy and verify, alert, then delete or tag.
/// </summary>
public sealed class DispositionSteps(
    IObjectStore store,
    IAlertPublisher alerts,
    AlertFactory factory,
    CurrentOptions current,
    ILogger<DispositionSteps> logger,
    TimeProvider time)
{
    // Nobody has a copy's place for as long, except where two policies, the one before a reload and the one after,
    // copy in opposite directions and wait for each other.
    internal static readonly TimeSpan TurnLimit = TimeSpan.FromMinutes(10);

    private readonly OwnCopies _ownCopies = new(current);

    /// <summary>Held on an object's place while it is worked on, and on a copy's while it is made.</summary>
    internal ContentLocks Locks { get; } = new();

    /// <summary>Whether an event speaks of a copy that this program made.</summary>
    public bool IsOwnCopy(ObjectRef reference) => _ownCopies.IsOwn(reference);

    /// <summary>Takes the steps for a verdict.</summary>
    /// <param name="judged">The verdict and what it is on.</param>
    /// <param name="options">Those that held when the work on the object began.</param>
    /// <param name="delivery">Null for a scan by hand.</param>
    /// <param name="cancellationToken">Cuts it off between or within steps; all of it may be repeated.</param>
    /// <returns>The same outcome, with what was done.</returns>
    /// <exception cref="TryAgainException">A step failed; an alert says which.</exception>
    public async Task<ObjectOutcome> ApplyAsync(
        ObjectOutcome judged, FleetOptions options, Delivery? delivery, CancellationToken cancellationToken)
    {
        if (judged.Content is not { } content || judged.Verdict is Skipped)
        {
            await PublishAsync(judged, options, delivery, cancellationToken).ConfigureAwait(false);
            return judged;
        }

        var plan = Disposition.Of(
            judged.Verdict,
            content,
            options.PolicyFor(content.Bucket),
            HasArrived(judged.Verdict, content, options),
            time.GetUtcNow());
        var outcome = judged with { Action = plan.ActionWord, Destination = plan.Destination };
        try
        {
            if (plan.Destination is not null)
            {
                var copied = await CopyAsync(content, plan, judged.Report?.Sha256, cancellationToken).ConfigureAwait(false);
                if (copied.Result != StepResult.Done)
                    return await NothingLeftToDoAsync(judged, options, copied.Result, delivery, cancellationToken).ConfigureAwait(false);
                outcome = outcome with { Copy = copied.Copy };
            }

            await PublishAsync(outcome, options, delivery, cancellationToken).ConfigureAwait(false);
            await FinishAsync(content, plan, cancellationToken).ConfigureAwait(false);
            return outcome;
        }
        catch (TryAgainException e) when (e is not (LeaseLostException or AlertNotTakenException) && !cancellationToken.IsCancellationRequested)
        {
            await PublishFailureAsync(outcome, options, e.Message, delivery, cancellationToken).ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>
    /// Says that an object could not be processed: an alert, and a tag where objects without a verdict are tagged. Its
    /// own failures are logged and go no further: the message goes to the dead-letter queue either way.
    /// </summary>
    public async Task ReportErrorAsync(
        ObjectRef reference,
        ObjectIdentity? content,
        string error,
        FleetOptions options,
        Delivery delivery,
        CancellationToken cancellationToken)
    {
        var policy = options.PolicyFor(reference.Bucket);
        if (content is not null && policy.Unscannable == UnscannableAction.Tag)
        {
            try
            {
                await store.TagAsync(content, Disposition.ErrorTags(policy.Tags, time.GetUtcNow()), cancellationToken).ConfigureAwait(false);
            }
            catch (TryAgainException e)
            {
                Log.ErrorTagFailed(logger, SafeText.Escape(reference.Bucket), SafeText.Escape(reference.Key), e.Message);
            }
        }

        if (options.Alerts.Publish.Contains(Statuses.ProcessingError))
            await TryPublishAsync(factory.Create(reference, content, null, "NONE", error, null, null, delivery), cancellationToken).ConfigureAwait(false);
    }

    // Only what is clean has arrived among the clean ones: anything else there was forged, and goes like from anywhere.
    private bool HasArrived(Verdict verdict, ObjectIdentity content, FleetOptions options) =>
        current.Value.IsQuarantine(content.Bucket, content.Key)
        || (verdict is Clean && options.IsCleanDestination(content.Bucket, content.Key));

    // The copy's own event may come before S3 has answered: it waits until the copy is known for ours. Nobody waits in
    // a circle: copies go from elsewhere to the clean ones or to quarantine, from the clean ones to quarantine only,
    // and from there nowhere.
    private async Task<CopyResult> CopyAsync(ObjectIdentity content, Disposition plan, string? sha256, CancellationToken cancellationToken)
    {
        using var turn = await TurnAsync(plan.Destination!, cancellationToken).ConfigureAwait(false);
        var copied = await store.CopyAsync(content, plan.Destination!, plan.Tags, sha256, cancellationToken).ConfigureAwait(false);
        if (copied.Copy is { } copy)
            _ownCopies.Remember(copy);
        if (copied.TagsLeftOut.Count > 0)
            Log.TagsLeftOut(logger, SafeText.Escape(content.Bucket), SafeText.Escape(content.Key), string.Join(", ", copied.TagsLeftOut));
        return copied;
    }

    private async Task<IDisposable> TurnAsync(ObjectLocation destination, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(TurnLimit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            return await Locks.AcquireAsync(destination.Bucket, destination.Key, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TryAgainException(
                $"Other work has had {SafeText.Escape(destination.ToString())} for {ValueParser.Duration(TurnLimit)}: no copy was made.", e);
        }
    }

    private async Task FinishAsync(ObjectIdentity content, Disposition plan, CancellationToken cancellationToken)
    {
        var result = StepResult.Done;
        if (plan.Deletes)
            result = await store.DeleteAsync(content, cancellationToken).ConfigureAwait(false);
        else if (plan.Action == DispositionAction.Tag)
            result = await store.TagAsync(content, plan.Tags, cancellationToken).ConfigureAwait(false);

        if (result == StepResult.Superseded || (result == StepResult.Gone && !plan.Deletes))
            LogChanged(content, result, plan.ActionWord);
    }

    // The content was judged, but somebody replaced or removed it before anything was done: it is still worth an alert.
    private async Task<ObjectOutcome> NothingLeftToDoAsync(
        ObjectOutcome judged,
        FleetOptions options,
        StepResult result,
        Delivery? delivery,
        CancellationToken cancellationToken)
    {
        LogChanged(judged.Content!, result, "copy");
        await PublishAsync(judged, options, delivery, cancellationToken).ConfigureAwait(false);
        return judged;
    }

    private void LogChanged(ObjectIdentity content, StepResult result, string step) =>
        Log.ContentChanged(logger, SafeText.Escape(content.Bucket), SafeText.Escape(content.Key), result, step);

    private async Task PublishAsync(
        ObjectOutcome outcome, FleetOptions options, Delivery? delivery, CancellationToken cancellationToken)
    {
        if (!options.Alerts.Publish.Contains(outcome.Verdict.Status))
            return;
        var alert = AlertOf(outcome, outcome.Action, null, delivery);
        try
        {
            await alerts.PublishAsync(alert, cancellationToken).ConfigureAwait(false);
        }
        catch (TryAgainException e)
        {
            throw new AlertNotTakenException($"{e.Message} Until an alert is taken, the object stays where it is.", e);
        }
    }

    private async Task PublishFailureAsync(
        ObjectOutcome outcome, FleetOptions options, string error, Delivery? delivery, CancellationToken cancellationToken)
    {
        if (options.Alerts.Publish.Contains(outcome.Verdict.Status) || options.Alerts.Publish.Contains(Statuses.ProcessingError))
            await TryPublishAsync(AlertOf(outcome, "FAILED", error, delivery), cancellationToken).ConfigureAwait(false);
    }

    private Alert AlertOf(ObjectOutcome outcome, string action, string? error, Delivery? delivery) => factory.Create(
        outcome.Reference, outcome.Content, outcome.Verdict, action, error, outcome.Destination, outcome.Report, delivery);

    private async Task TryPublishAsync(Alert alert, CancellationToken cancellationToken)
    {
        try
        {
            await alerts.PublishAsync(alert, cancellationToken).ConfigureAwait(false);
        }
        catch (TryAgainException e)
        {
            Log.AlertFailed(logger, SafeText.Escape(alert.Bucket), SafeText.Escape(alert.Key), e.Message);
        }
    }

    private sealed class AlertNotTakenException(string message, Exception inner) : TryAgainException(message, inner);
}
