using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;
using ClamBucketFleet.Messages;
using Microsoft.Extensions.Logging;

namespace ClamBucketFleet.Pipeline;

/// <summary>Works on one leased message until it can be deleted or goes back.</summary>
internal sealed class MessageHandler(
    ObjectProcessor processor,
    ScannerFitness fitness,
    FitnessConsequences consequences,
    FleetCounters counters,
    Acknowledger acknowledger,
    Liveness liveness,
    TimeSpan visibilityTimeout,
    int? maxReceiveCount,
    ILogger logger,
    TimeProvider time)
{
    private const int MostRemembered = 10_000;
    private readonly ConcurrentDictionary<string, byte> _poisonous = [];

    /// <summary>
    /// Never throws: whatever happens, the message is deleted or goes back. Its place is free as soon as nothing is left
    /// but the deletion.
    /// </summary>
    public async Task HandleAsync(MessageLease lease, WorkPlace place, CancellationToken abandonWork)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(lease.Lost, abandonWork);
        var message = lease.Message;
        using var pulse = liveness.Watch($"The work on message {SafeText.Escape(message.Id)}");
        try
        {
            await ProcessAsync(message, pulse, place, either.Token).ConfigureAwait(false);
            pulse.Waits("being deleted");
            var deleted = await acknowledger.DeleteAsync(message).ConfigureAwait(false);
            place.Dispose();
            await deleted.ConfigureAwait(false);
        }
        catch (PoisonMessageException e)
        {
            // Once a message, not once a delivery; at the last one where the first was never looked at here.
            if (_poisonous.Count > MostRemembered)
                _poisonous.Clear();
            if ((message.ReceiveCount <= 1 || message.ReceiveCount >= maxReceiveCount) && _poisonous.TryAdd(message.Id, 0))
                Log.PoisonMessage(logger, message.Id, e.Message);
            counters.CountFailure();
            await ReturnAsync(lease, pulse, Backoff(message)).ConfigureAwait(false);
        }
        catch (Exception e) when (either.IsCancellationRequested
            && e is OperationCanceledException or TryAgainException or ScannerUnavailableException)
        {
            if (!lease.Lost.IsCancellationRequested)
                await ReturnAsync(lease, pulse, TimeSpan.Zero).ConfigureAwait(false);
        }
        catch (ScannerUnavailableException e)
        {
            if (e is EngineWrongException)
                consequences.EngineWasWrong();
            fitness.ReportUnavailable(e.Message);
            Log.MessageReturned(logger, message.Id, e.Message);
            await ReturnAsync(lease, pulse, Backoff(message)).ConfigureAwait(false);
        }
        catch (TryAgainException e)
        {
            Log.MessageReturned(logger, message.Id, e.Message);
            await ReturnAsync(lease, pulse, Backoff(message)).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            Log.Unexpected(logger, e, message.Id);
            counters.CountFailure();
            await ReturnAsync(lease, pulse, Backoff(message)).ConfigureAwait(false);
        }
    }

    // Every object gets its turn, also behind one that fails: the failure then sends the whole message back.
    private async Task ProcessAsync(QueueMessage message, Pulse pulse, WorkPlace place, CancellationToken cancellationToken)
    {
        Exception? failure = null;
        var references = MessageDecoder.Decode(message.Body);
        for (var i = 0; i < references.Count; i++)
        {
            var reference = references[i];
            var queued = time.GetUtcNow() - (reference.EventTime ?? message.SentAt);
            var delivery = new Delivery(
                message.ReceiveCount,
                queued > TimeSpan.Zero ? queued : TimeSpan.Zero,
                message.ReceiveCount >= maxReceiveCount);
            try
            {
                var begun = consequences.WorkBegins();
                var outcome = await processor.ProcessAsync(reference, delivery, pulse, place, cancellationToken).ConfigureAwait(false);
                if (outcome is { Verdict: Clean, Standing: { } standing })
                    consequences.CalledClean(begun, standing);
                counters.Count(outcome.Verdict);
            }
            catch (TryAgainException e)
            {
                counters.CountFailure();
                failure ??= e;
            }
            catch (ScannerUnavailableException e) when (delivery.IsLast)
            {
                // These get no turn any more, and are owed an alert all the same.
                foreach (var waiting in references.Skip(i + 1))
                {
                    pulse.Begins("giving up objects", Liveness.Requests);
                    await processor.GiveUpAsync(waiting, e.Message, delivery, cancellationToken).ConfigureAwait(false);
                }

                throw;
            }
            catch (Exception e) when (e is not ScannerUnavailableException && !cancellationToken.IsCancellationRequested)
            {
                // A fault of the program is the one to be heard of.
                failure = e;
            }
        }

        if (failure is TryAgainException)
            throw new TryAgainException(failure.Message, failure);
        if (failure is not null)
            ExceptionDispatchInfo.Throw(failure);
    }

    private static Task ReturnAsync(MessageLease lease, Pulse pulse, TimeSpan after)
    {
        pulse.Begins("going back to the queue", Liveness.Requests);
        return lease.ReturnAsync(after);
    }

    // A second, then twice as long each time: most faults pass soon, and none is asked about without pause.
    private TimeSpan Backoff(QueueMessage message)
    {
        var seconds = TimeSpan.FromSeconds(Math.Pow(2, Math.Clamp(message.ReceiveCount - 1, 0, 10)));
        return seconds < visibilityTimeout ? seconds : visibilityTimeout;
    }
}
