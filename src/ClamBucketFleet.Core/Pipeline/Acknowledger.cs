using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace ClamBucketFleet.Pipeline;

/// <summary>Deletes finished messages, up to ten a request, without letting the first wait for long.</summary>
internal sealed class Acknowledger : IAsyncDisposable
{
    private const int BatchSize = 10;
    private const int Tries = 4;

    // Messages that wait, beyond which whoever brings another one waits too.
    private const int Room = 100;

    private static readonly TimeSpan Linger = TimeSpan.FromMilliseconds(100);

    private readonly IScanQueue _queue;
    private readonly Pulse _pulse;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private readonly Channel<(QueueMessage Message, TaskCompletionSource Done)> _finished =
        Channel.CreateBounded<(QueueMessage, TaskCompletionSource)>(Room);

    private readonly Task _loop;

    public Acknowledger(IScanQueue queue, Liveness liveness, ILogger logger, TimeProvider time)
    {
        _queue = queue;
        _pulse = liveness.Watch("The deletion of finished messages");
        _logger = logger;
        _time = time;
        _loop = RunAsync();
    }

    /// <summary>Returns when the message is in line.</summary>
    /// <returns>Ends when the message is deleted, or when it is certain that it will come again.</returns>
    public async Task<Task> DeleteAsync(QueueMessage message)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await _finished.Writer.WriteAsync((message, done)).ConfigureAwait(false);
        return done.Task;
    }

    public async ValueTask DisposeAsync()
    {
        _finished.Writer.TryComplete();
        await _loop.ConfigureAwait(false);
        _pulse.Dispose();
    }

    private async Task RunAsync()
    {
        var batch = new List<(QueueMessage Message, TaskCompletionSource Done)>(BatchSize);
        _pulse.Waits("waiting for messages");
        while (await _finished.Reader.WaitToReadAsync().ConfigureAwait(false))
        {
            Fill(batch);
            if (batch.Count < BatchSize)
            {
                _pulse.Begins("waiting for more of them", Linger + Liveness.Margin);
                await Task.Delay(Linger, _time).ConfigureAwait(false);
                Fill(batch);
            }

            await DeleteBatchAsync([.. batch.Select(item => item.Message)]).ConfigureAwait(false);
            batch.ForEach(item => item.Done.SetResult());
            batch.Clear();
            _pulse.Waits("waiting for messages");
        }
    }

    private void Fill(List<(QueueMessage Message, TaskCompletionSource Done)> batch)
    {
        while (batch.Count < BatchSize && _finished.Reader.TryRead(out var item))
            batch.Add(item);
    }

    private async Task DeleteBatchAsync(IReadOnlyList<QueueMessage> messages)
    {
        var error = "the queue refused to delete them";
        for (var attempt = 1; messages.Count > 0 && attempt <= Tries; attempt++)
        {
            _pulse.Begins("asking the queue", Liveness.Requests);
            try
            {
                messages = await _queue.DeleteAsync(messages, CancellationToken.None).ConfigureAwait(false);
            }
            catch (Exception e)
            {
                // Whatever it was: this loop has to go on, or no message is ever deleted again.
                error = e.Message;
            }

            if (messages.Count > 0 && attempt < Tries)
                await Task.Delay(TimeSpan.FromMilliseconds(200 << attempt), _time).ConfigureAwait(false);
        }

        if (messages.Count > 0)
            Log.DeleteFailed(_logger, messages.Count, error);
    }
}
