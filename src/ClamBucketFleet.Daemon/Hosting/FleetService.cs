using ClamBucketFleet.Daemon.Cli;
using ClamBucketFleet.Options;
using ClamBucketFleet.Pipeline;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ClamBucketFleet.Daemon.Hosting;

/// <summary>How <c>run</c> was asked to run.</summary>
/// <param name="UntilEmptyFor">Ends when the queue has been empty for so long; null: runs until it is told to stop.</param>
internal sealed record RunMode(TimeSpan? UntilEmptyFor)
{
    /// <summary>How long a one-shot run waits for its engine and its queue.</summary>
    public static readonly TimeSpan StartLimit = TimeSpan.FromMinutes(2);
}

/// <summary>How the process will end.</summary>
internal sealed class ExitStatus
{
    public int Code { get; set; }
}

/// <summary>
/// The daemon's life. Starting ends, and with it systemd's wait for READY, when the engine has proved itself and the
/// queue has answered; stopping ends when the work in hand has ended or was handed back.
/// </summary>
internal sealed class FleetService(
    Fleet fleet,
    RunMode mode,
    ExitStatus exit,
    StatusReporter status,
    FleetCounters counters,
    Liveness liveness,
    Watchdog watchdog,
    DrainOrder order,
    IHostApplicationLifetime lifetime,
    ILoggerFactory loggers,
    TimeProvider time) : IHostedService, IDisposable
{
    private static readonly TimeSpan ShortestWait = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(15);

    private readonly ILogger _logger = loggers.CreateLogger<FleetService>();
    private readonly CancellationTokenSource _stopWatching = new();
    private readonly CancellationTokenSource _stopReceiving = new();
    private readonly CancellationTokenSource _abandonWork = new();
    private Task _watching = Task.CompletedTask;
    private Task _working = Task.CompletedTask;
    private volatile bool _hasEnded;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var options = fleet.Options;
        var waitTime = mode.UntilEmptyFor < options.Queue.WaitTime ? mode.UntilEmptyFor.Value : options.Queue.WaitTime;
        var queue = fleet.Queue(waitTime);
        var consequences = fleet.Consequences(queue);
        IProofObserver observer = fleet.Group is { } group
            ? new InstanceHealth(consequences, group, loggers.CreateLogger<InstanceHealth>(), time)
            : consequences;
        var worker = new Worker(
            queue, fleet.Processor(), fleet.Fitness, consequences, counters, fleet.Current, liveness,
            loggers.CreateLogger<Worker>(), time, () => fleet.Engine.Load);
        Log.Starting(_logger, VersionReport.Program, options.Queue.Url!, worker.Places);
        _watching = Task.WhenAll(
            WatchAsync(fleet.Fitness.RunAsync(observer, liveness, _stopWatching.Token)),
            WatchAsync(status.RunAsync(_stopWatching.Token)),
            WatchAsync(watchdog.RunAsync(_stopWatching.Token)));

        var facts = await BecomeReadyAsync(queue, cancellationToken).ConfigureAwait(false);
        if (facts.DeadLetterArn is null)
            Log.NoDeadLetterQueue(_logger);
        Log.Ready(_logger, facts.Waiting, facts.InFlight);
        status.IsReady();
        _working = WorkAsync(worker, facts);
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        order.Begin();
        status.Drains();
        if (order.Cause is null && !_hasEnded)
            Log.Stopping(_logger, counters.InWork, ValueParser.Duration(fleet.Options.Drain));
        await _stopReceiving.CancelAsync().ConfigureAwait(false);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(order.IsOver, cancellationToken);
        await _working.WaitAsync(over.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!_working.IsCompleted)
        {
            status.Abandons();
            Log.Abandoning(_logger, counters.InWork);
            await _abandonWork.CancelAsync().ConfigureAwait(false);
            await _working.ConfigureAwait(false);
        }

        await _stopWatching.CancelAsync().ConfigureAwait(false);
        await _watching.ConfigureAwait(false);
    }

    public void Dispose()
    {
        _stopWatching.Dispose();
        _stopReceiving.Dispose();
        _abandonWork.Dispose();
    }

    private async Task<QueueFacts> BecomeReadyAsync(IScanQueue queue, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(mode.UntilEmptyFor is null ? Timeout.InfiniteTimeSpan : RunMode.StartLimit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            var facts = await ReachQueueAsync(queue, either.Token).ConfigureAwait(false);
            await fleet.Fitness.WaitUntilFitAsync(either.Token).ConfigureAwait(false);
            return facts;
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new ServiceUnreachableException(
                $"Not ready within {ValueParser.Duration(RunMode.StartLimit)}: {counters.QueueTrouble ?? fleet.Fitness.Unfitness}");
        }
    }

    private async Task<QueueFacts> ReachQueueAsync(IScanQueue queue, CancellationToken cancellationToken)
    {
        var wait = new Backoff(ShortestWait, LongestWait);
        while (true)
        {
            try
            {
                var facts = await queue.DescribeAsync(cancellationToken).ConfigureAwait(false);
                counters.QueueTrouble = null;
                return facts;
            }
            catch (TryAgainException e)
            {
                counters.QueueTrouble = e.Message;
                var pause = wait.Next();
                Log.QueueNotReached(_logger, pause.TotalSeconds, e.Message);
                await Task.Delay(pause, time, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    // A watch that ended would leave the rest unwatched.
    private async Task WatchAsync(Task watch)
    {
        try
        {
            await watch.ConfigureAwait(false);
        }
        catch (Exception e)
        {
            Log.Crashed(_logger, e);
            exit.Code = ExitCode.Internal;
            lifetime.StopApplication();
        }
    }

    // Nothing may end this without an exit code: the host takes an exception here for a normal end.
    private async Task WorkAsync(Worker worker, QueueFacts facts)
    {
        try
        {
            await worker.RunAsync(facts, mode.UntilEmptyFor, _stopReceiving.Token, _abandonWork.Token).ConfigureAwait(false);
            if (mode.UntilEmptyFor is { } idle && !_stopReceiving.IsCancellationRequested)
                Log.Drained(_logger, ValueParser.Duration(idle));
        }
        catch (Exception e) when (e is FatalConfigurationException or ScannerUnavailableException)
        {
            Log.Fatal(_logger, e.Message);
            exit.Code = ExitCode.Of(e);
        }
        catch (Exception e)
        {
            Log.Crashed(_logger, e);
            exit.Code = ExitCode.Internal;
        }
        finally
        {
            _hasEnded = true;
            lifetime.StopApplication();
        }
    }
}
