using ClamBucketFleet.Aws.Instance;
using ClamBucketFleet.Daemon.Cli;
using ClamBucketFleet.Pipeline;
using Microsoft.Extensions.Logging;

namespace ClamBucketFleet.Daemon.Hosting;

/// <summary>
/// Ends the work when the instance has to go, has the group wait for that, and tells it when it is done.
/// </summary>
/// <param name="watch">Where the instance hears of its end.</param>
/// <param name="group">Who ends and replaces it.</param>
/// <param name="order">Begun by the first notice.</param>
/// <param name="counters">How much is in work.</param>
/// <param name="liveness">Hears of the loops in here.</param>
/// <param name="stop">Has the host stop, which ends or hands back the work.</param>
/// <param name="exit">Set where this fails.</param>
/// <param name="systemd">Told what is done after the work has ended.</param>
/// <param name="logger">Told why.</param>
/// <param name="time">The clock.</param>
internal sealed class InstanceLife(
    InterruptionWatch watch,
    IInstanceGroup group,
    DrainOrder order,
    FleetCounters counters,
    Liveness liveness,
    Action stop,
    ExitStatus exit,
    ServiceManager systemd,
    ILogger<InstanceLife> logger,
    TimeProvider time) : IDisposable
{
    private static readonly TimeSpan AfterFailure = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(30);

    // With the drain and the handing back, less than systemd's TimeoutStopSec.
    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(15);

    private readonly DateTimeOffset _started = time.GetUtcNow();
    private readonly CancellationTokenSource _stopWatching = new();
    private readonly CancellationTokenSource _stopKeeping = new();
    private readonly TaskCompletionSource _leaves = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task _watching = Task.CompletedTask;
    private Task _keeping = Task.CompletedTask;
    private long? _lastFailure;
    private bool _isStaying;

    /// <summary>Listens until <see cref="EndAsync"/>.</summary>
    /// <param name="identified">Told the instance's id, once.</param>
    public void Start(Action<string> identified) => _watching = WatchAsync(identified);

    /// <summary>After the work has ended: tells the group, where it was the group or EC2 who wanted that.</summary>
    /// <returns>False where the group should have been told to replace this instance, and was not.</returns>
    public async Task<bool> EndAsync()
    {
        var isToldOf = order.Cause is not RebalanceRecommendation || _leaves.Task.IsCompleted
            || await HaveReplacedAsync().ConfigureAwait(false);
        await _stopWatching.CancelAsync().ConfigureAwait(false);
        await _watching.ConfigureAwait(false);

        // The group may have opened its hook since the last look.
        if (order.Cause is not null && !_leaves.Task.IsCompleted)
            await watch.LookAsync(HearAsync, CancellationToken.None).ConfigureAwait(false);
        await _stopKeeping.CancelAsync().ConfigureAwait(false);
        await _keeping.ConfigureAwait(false);
        if (_leaves.Task.IsCompleted)
            await TryAsync(WithinAsync(LastWords, group.ContinueAsync), Log.HookNotCompleted).ConfigureAwait(false);
        return isToldOf;
    }

    public void Dispose()
    {
        _stopWatching.Dispose();
        _stopKeeping.Dispose();
    }

    // Nobody would notice a notice that nobody listens for.
    private async Task WatchAsync(Action<string> identified)
    {
        try
        {
            await watch.RunAsync(HearAsync, identified, liveness, _stopWatching.Token).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            Log.Crashed(logger, e);
            exit.Code = ExitCode.Internal;
            stop();
        }
    }

    private async Task HearAsync(Notice notice, CancellationToken cancellationToken)
    {
        if (notice is RebalanceRecommendation recommendation
            && !await IsFollowedAsync(recommendation, cancellationToken).ConfigureAwait(false))
            return;

        if (order.Begin(notice))
        {
            Log.Drains(logger, notice.Words, counters.InWork, Math.Ceiling(order.Left.TotalSeconds));
            stop();
        }

        if (notice is LeavesService && _leaves.TrySetResult())
            _keeping = KeepWaitingAsync(_stopKeeping.Token);
    }

    // Who is not replaced had better work on: most recommendations are followed by nothing for hours, or for ever.
    private async Task<bool> IsFollowedAsync(RebalanceRecommendation recommendation, CancellationToken cancellationToken)
    {
        if (order.Cause is not null)
            return true;
        if (_isStaying || (_lastFailure is { } last && time.GetElapsedTime(last) < AfterFailure))
            return false;
        try
        {
            // One from before this start has been tried to follow, or a person has started the daemon in spite of it.
            _isStaying = recommendation.Since < _started - TimeSpan.FromSeconds(1)
                || await group.FindAsync(cancellationToken).ConfigureAwait(false) is null;
            if (_isStaying)
                Log.Stays(logger, recommendation.Words);
            return !_isStaying;
        }
        catch (TryAgainException e)
        {
            _lastFailure = time.GetTimestamp();
            Log.GroupNotFound(logger, recommendation.Words, e.Message);
            return false;
        }
    }

    // The group opens its hook then, which is better completed than left to run out.
    private async Task<bool> HaveReplacedAsync()
    {
        if (!await TryAsync(WithinAsync(LastWords, group.ReportUnhealthyAsync), Log.NotReplaced).ConfigureAwait(false))
            return false;
        Log.IsReplaced(logger);
        systemd.Tell("STATUS=Stopped; waits for the group to end this instance");
        await Task.WhenAny(_leaves.Task, Task.Delay(Timeout.InfiniteTimeSpan, time, order.IsOver)).ConfigureAwait(false);
        return true;
    }

    private async Task KeepWaitingAsync(CancellationToken cancellationToken)
    {
        using var pulse = liveness.Watch("The group's heartbeat");
        while (!cancellationToken.IsCancellationRequested)
        {
            var next = Heartbeat;
            pulse.Begins("having the group wait on", Liveness.Requests);
            await TryAsync(async ct => next = await group.KeepWaitingAsync(ct).ConfigureAwait(false), Log.HookNotKept, cancellationToken)
                .ConfigureAwait(false);
            pulse.Begins("waiting for its next beat", next + Liveness.Margin);
            await Task.Delay(next, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private Func<CancellationToken, Task> WithinAsync(TimeSpan limit, Func<CancellationToken, Task> act) => async cancellationToken =>
    {
        using var over = new CancellationTokenSource(limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(over.Token, cancellationToken);
        await act(either.Token).ConfigureAwait(false);
    };

    // Whatever the group says, the work ends.
    private async Task<bool> TryAsync(
        Func<CancellationToken, Task> act, Action<ILogger, string> failed, CancellationToken cancellationToken = default)
    {
        try
        {
            await act(cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            failed(logger, e is OperationCanceledException ? "there was no answer in time" : e.Message);
            return false;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
