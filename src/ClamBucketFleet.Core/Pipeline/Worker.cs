using ClamBucketFleet.Options;
using Microsoft.Extensions.Logging;

namespace ClamBucketFleet.Pipeline;

/// <summary>
/// Consumes the scan queue: as many messages as there are free places, each under a lease of its own, and only while
/// the engine is fit.
/// </summary>
public sealed class Worker(
    IScanQueue queue,
    ObjectProcessor processor,
    ScannerFitness fitness,
    FitnessConsequences consequences,
    FleetCounters counters,
    CurrentOptions current,
    Liveness liveness,
    ILogger<Worker> logger,
    TimeProvider time,
    Func<ScanLoad>? load = null)
{
    private const int MaxReceive = 10;
    private const int EnoughToBelieve = 2;

    // Between two answers of an empty queue that is not asked to wait.
    private static readonly TimeSpan ShortestPoll = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan JobPatience = TimeSpan.FromMinutes(2);

    // Beyond the long poll; a connection that died in silence is not waited for as long as the SDK would.
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan ShortestWait = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(30);

    private readonly HashSet<Task> _inWork = [];
    private readonly Lock _lock = new();

    private readonly WorkPlaces _places = new(
        current.Value.Scan.Concurrency, Environment.ProcessorCount, load ?? (() => default), time);

    /// <summary>Objects in work at once, at this moment.</summary>
    public int Places => _places.Count;

    private QueueOptions Queue => current.Value.Queue;

    /// <summary>Works until it is told to stop, or until the queue stays empty.</summary>
    /// <param name="facts">What the queue said of itself.</param>
    /// <param name="untilEmptyFor">Returns once the queue has been empty for so long; null: works on for ever.</param>
    /// <param name="stopReceiving">Takes no more work; what is begun goes on.</param>
    /// <param name="abandonWork">Hands back what is not finished.</param>
    /// <exception cref="FatalConfigurationException">The queue is gone.</exception>
    public async Task RunAsync(
        QueueFacts facts,
        TimeSpan? untilEmptyFor,
        CancellationToken stopReceiving,
        CancellationToken abandonWork)
    {
        await using var acknowledger = new Acknowledger(queue, liveness, logger, time);
        var handler = new MessageHandler(
            processor, fitness, consequences, counters, acknowledger, liveness, Queue.VisibilityTimeout, facts.MaxReceiveCount,
            logger, time);
        try
        {
            await ReceiveAsync(handler, untilEmptyFor, stopReceiving, abandonWork).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stopReceiving.IsCancellationRequested)
        {
            // Whoever told it to stop has said why. What is in work ends below.
        }
        finally
        {
            await Task.WhenAll(Running()).ConfigureAwait(false);
            Log.Stopped(logger, counters.ToString());
        }
    }

    private async Task ReceiveAsync(
        MessageHandler handler,
        TimeSpan? untilEmptyFor,
        CancellationToken stopReceiving,
        CancellationToken abandonWork)
    {
        using var pulse = liveness.Watch("The receive loop");
        var wait = new Backoff(ShortestWait, LongestWait);
        var lastSeen = time.GetTimestamp();
        var foundEmpty = 0;
        while (true)
        {
            pulse.Waits("waiting for the engine");
            await WaitUntilFitAsync(untilEmptyFor is not null, stopReceiving).ConfigureAwait(false);
            pulse.Waits("waiting for a free place");
            var taken = await _places.TakeAsync(MaxReceive, stopReceiving).ConfigureAwait(false);
            IReadOnlyList<QueueMessage> messages = [];
            try
            {
                var shortest = Queue.WaitTime < ShortestPoll ? Task.Delay(ShortestPoll, time, stopReceiving) : Task.CompletedTask;
                var patience = Queue.WaitTime + AnswerLimit;

                // What fetches credentials before it heeds no cancellation, only limits of its own.
                pulse.Begins("receiving", patience + Liveness.Requests);
                messages = await WithinAsync(patience, limited => queue.ReceiveAsync(taken, limited), stopReceiving).ConfigureAwait(false);
                if (messages.Count == 0)
                    await shortest.ConfigureAwait(false);
                wait.Reset();
                counters.QueueTrouble = null;
            }
            catch (TryAgainException e)
            {
                counters.QueueTrouble = e.Message;
                var pause = wait.Next();
                Log.ReceiveFailed(logger, pause.TotalSeconds, e.Message);
                pulse.Begins("waiting for its next try", pause + Liveness.Margin);
                await Task.Delay(pause, time, stopReceiving).ConfigureAwait(false);
            }
            finally
            {
                if (taken > messages.Count)
                    _places.Release(taken - messages.Count);
            }

            foreach (var message in messages)
                Begin(handler, message, stopReceiving, abandonWork);

            if (messages.Count > 0 || counters.InWork > 0)
            {
                lastSeen = time.GetTimestamp();
                foundEmpty = 0;
            }
            else if (time.GetElapsedTime(lastSeen) >= untilEmptyFor)
            {
                // The counts are approximate: a message that just becomes visible may be missing in both.
                foundEmpty = await IsEmptyAsync(pulse, stopReceiving).ConfigureAwait(false) ? foundEmpty + 1 : 0;
                if (foundEmpty == EnoughToBelieve)
                    return;
            }
        }
    }

    // A daemon waits for its engine however long it takes; a job has to end.
    private async Task WaitUntilFitAsync(bool isJob, CancellationToken stopReceiving)
    {
        var fit = fitness.WaitUntilFitAsync(stopReceiving);
        if (!isJob)
        {
            await fit.ConfigureAwait(false);
            return;
        }

        try
        {
            await fit.WaitAsync(JobPatience, time, stopReceiving).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            throw new ScannerUnavailableException($"The queue is not empty, and no work is taken: {fitness.Unfitness}");
        }
    }

    private void Begin(
        MessageHandler handler,
        QueueMessage message,
        CancellationToken stopReceiving,
        CancellationToken abandonWork)
    {
        counters.MessageTaken();
        var work = Task.Run(() => WorkAsync(handler, message, stopReceiving, abandonWork), CancellationToken.None);
        lock (_lock)
            _inWork.Add(work);
        _ = work.ContinueWith(
            done =>
            {
                lock (_lock)
                    _inWork.Remove(done);
            },
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
    }

    private async Task WorkAsync(
        MessageHandler handler,
        QueueMessage message,
        CancellationToken stopReceiving,
        CancellationToken abandonWork)
    {
        using var place = _places.Use();
        try
        {
            await using var lease = MessageLease.Start(queue, message, Queue.VisibilityTimeout, liveness, logger, time);
            if (stopReceiving.IsCancellationRequested)
                await lease.ReturnAsync(TimeSpan.Zero).ConfigureAwait(false);
            else
                await handler.HandleAsync(lease, place, abandonWork).ConfigureAwait(false);
        }
        finally
        {
            counters.MessageEnded();
        }
    }

    // Messages that wait out a delay are not received, but the queue is not empty.
    private async Task<bool> IsEmptyAsync(Pulse pulse, CancellationToken cancellationToken)
    {
        try
        {
            pulse.Begins("asking whether the queue is empty", AnswerLimit + Liveness.Requests);
            var facts = await WithinAsync(AnswerLimit, queue.DescribeAsync, cancellationToken).ConfigureAwait(false);
            return facts is { Waiting: 0, InFlight: 0 };
        }
        catch (TryAgainException)
        {
            return false;
        }
    }

    private async Task<T> WithinAsync<T>(
        TimeSpan patience, Func<CancellationToken, Task<T>> ask, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            return await ask(either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException e) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new ServiceUnreachableException($"There was no answer within {ValueParser.Duration(patience)}.", e);
        }
    }

    private Task[] Running()
    {
        lock (_lock)
            return [.. _inWork];
    }
}
