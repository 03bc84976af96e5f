using Microsoft.Extensions.Logging;

namespace ClamBucketFleet.Pipeline;

/// <summary>
/// The right to work on one message. Renews itself while the work goes on, however long it takes, and says so by
/// <see cref="Lost"/> when somebody else may have the message.
/// </summary>
internal sealed class MessageLease : IAsyncDisposable
{
    private readonly IScanQueue _queue;
    private readonly TimeSpan _length;
    private readonly Pulse _pulse;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _ended = new();
    private readonly CancellationTokenSource _lost = new();
    private readonly Task _heartbeat;

    private MessageLease(
        IScanQueue queue, QueueMessage message, TimeSpan length, Liveness liveness, ILogger logger, TimeProvider time)
    {
        _queue = queue;
        _length = length;
        _logger = logger;
        _time = time;
        Message = message;
        _pulse = liveness.Watch($"The lease on message {SafeText.Escape(message.Id)}");
        _heartbeat = BeatAsync();
    }

    public QueueMessage Message { get; }

    /// <summary>Cancelled when the lease could not be kept.</summary>
    public CancellationToken Lost => _lost.Token;

    /// <param name="queue">Where the message is from.</param>
    /// <param name="message">Just received.</param>
    /// <param name="length">The visibility timeout.</param>
    /// <param name="liveness">Hears of every renewal.</param>
    /// <param name="logger">Told of renewals that failed.</param>
    /// <param name="time">The clock.</param>
    public static MessageLease Start(
        IScanQueue queue, QueueMessage message, TimeSpan length, Liveness liveness, ILogger logger, TimeProvider time) =>
        new(queue, message, length, liveness, logger, time);

    /// <summary>Stops renewing and lets the message be seen again after a while.</summary>
    public async Task ReturnAsync(TimeSpan after)
    {
        await StopBeatingAsync().ConfigureAwait(false);

        // Somebody else may have it: an old receipt must not shorten their lease.
        if (_lost.IsCancellationRequested)
            return;
        try
        {
            await _queue.ChangeVisibilityAsync(Message, after, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            // The lease then ends by itself.
            Log.LeaseNotRenewed(_logger, Message.Id, e.Message);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await StopBeatingAsync().ConfigureAwait(false);
        _ended.Dispose();
        _lost.Dispose();
    }

    private async Task StopBeatingAsync()
    {
        await _ended.CancelAsync().ConfigureAwait(false);
        await _heartbeat.ConfigureAwait(false);
    }

    private async Task BeatAsync()
    {
        using var pulse = _pulse;

        // A third: one renewal may fail, and the next still comes in time.
        var interval = _length / 3;
        var endsAt = _time.GetUtcNow() + _length;
        while (true)
        {
            pulse.Begins("waiting for its next renewal", interval + Liveness.Margin);
            await Task.Delay(interval, _time, _ended.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (_ended.IsCancellationRequested)
                return;
            try
            {
                var asked = _time.GetUtcNow();

                // No answer until the end of the lease is a lease that ended.
                var patience = endsAt > asked ? endsAt - asked : _length / 12;
                pulse.Begins("being renewed", patience + Liveness.Margin);
                await _queue.ChangeVisibilityAsync(Message, _length, _ended.Token)
                    .WaitAsync(patience, _time, _ended.Token).ConfigureAwait(false);
                endsAt = asked + _length;
                interval = _length / 3;
            }
            catch (OperationCanceledException) when (_ended.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e) when (e is not (LeaseLostException or FatalConfigurationException) && _time.GetUtcNow() < endsAt)
            {
                Log.LeaseNotRenewed(_logger, Message.Id, e.Message);
                interval = _length / 12;
            }
            catch (Exception e)
            {
                Log.LeaseLost(_logger, Message.Id, e.Message);
                await _lost.CancelAsync().ConfigureAwait(false);
                return;
            }
        }
    }
}
