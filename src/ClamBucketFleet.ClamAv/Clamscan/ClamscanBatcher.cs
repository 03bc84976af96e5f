using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace ClamBucketFleet.ClamAv;

/// <summary>
/// Gathers files into batches, one invocation at a time: each loads the whole database, so what arrives meanwhile
/// shares the next one.
/// </summary>
internal sealed class ClamscanBatcher : IAsyncDisposable
{
    private readonly Channel<PendingScan> _arriving = Channel.CreateUnbounded<PendingScan>();
    private readonly CancellationTokenSource _stop = new();
    private readonly Func<IReadOnlyCollection<PendingScan>, CancellationToken, Task> _invoke;
    private readonly ClamscanSettings _settings;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Task _working;
    private int _most;
    private int _coming;
    private int _waiting;

    /// <param name="invoke">Gives each file of a batch its answer, or throws for all of them.</param>
    /// <param name="settings">The sizes of a batch and the times.</param>
    /// <param name="time">Measures the times.</param>
    /// <param name="logger">Gets a line a failed batch.</param>
    public ClamscanBatcher(
        Func<IReadOnlyCollection<PendingScan>, CancellationToken, Task> invoke,
        ClamscanSettings settings,
        TimeProvider time,
        ILogger logger)
    {
        (_invoke, _settings, _time, _logger) = (invoke, settings, time, logger);
        _most = settings.BatchFiles;
        _working = WorkAsync();
    }

    /// <summary>Objects that wait for the next invocation.</summary>
    public int Waiting => Volatile.Read(ref _waiting);

    /// <summary>Says that an object is on its way; disposed of when it has come, or will not.</summary>
    public IDisposable Announce() => new Announcement(this);

    public async Task<Verdict> ScanAsync(SpooledFile file, CancellationToken cancellationToken)
    {
        var pending = new PendingScan(file.Path, file.Length);
        await using var registration = cancellationToken.Register(() => pending.Abandon(cancellationToken));
        Interlocked.Increment(ref _waiting);
        ObjectDisposedException.ThrowIf(!_arriving.Writer.TryWrite(pending), this);
        try
        {
            return await pending.Answer;
        }
        catch (OperationCanceledException exception) when (!pending.IsStarted)
        {
            // It says nothing of the object that others were before it.
            throw new TryAgainException("clamscan was busy with other objects until it was too late for this one.", exception);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!_arriving.Writer.TryComplete())
            return;

        await _stop.CancelAsync();
        await _working.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        while (_arriving.Reader.TryRead(out var left))
            left.Fail(Stopped());
        _stop.Dispose();
    }

    private async Task WorkAsync()
    {
        while (await _arriving.Reader.WaitToReadAsync(_stop.Token))
        {
            var batch = await GatherAsync();
            if (batch.Count > 0)
                await RunAsync(batch);
        }
    }

    private async Task<List<PendingScan>> GatherAsync()
    {
        var (began, latest) = (_time.GetTimestamp(), _time.GetTimestamp());
        var (batch, bytes) = (new List<PendingScan>(), 0L);
        while (batch.Count < _most && bytes < _settings.BatchBytes)
        {
            if (_arriving.Reader.TryRead(out var next))
            {
                Interlocked.Decrement(ref _waiting);
                batch.Add(next);
                bytes += next.Length;
                latest = _time.GetTimestamp();
            }
            else if (!await ArrivesAsync(_time.GetElapsedTime(began), _time.GetElapsedTime(latest)))
            {
                break;
            }
        }

        batch.RemoveAll(file => file.Abandoned);
        return batch;
    }

    // Loading the database takes ten seconds: those who are nearly there are waited for.
    private async Task<bool> ArrivesAsync(TimeSpan waited, TimeSpan quiet)
    {
        var (linger, rest) = (_settings.Linger, _settings.LongestLinger - waited);
        if (rest <= TimeSpan.Zero || (quiet >= linger && Volatile.Read(ref _coming) == 0))
            return false;

        // Looked at again when the shorter time is over: who was on the way may have turned back.
        var look = quiet < linger ? linger - quiet : linger;
        using var pause = new CancellationTokenSource(look < rest ? look : rest, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(pause.Token, _stop.Token);
        try
        {
            return await _arriving.Reader.WaitToReadAsync(either.Token);
        }
        catch (OperationCanceledException)
        {
            // The time is up, or the engine is being disposed; then the invocation is cancelled at once.
            return !_stop.IsCancellationRequested;
        }
    }

    private async Task RunAsync(List<PendingScan> batch)
    {
        using var late = new CancellationTokenSource(_settings.Deadline(batch.Sum(file => file.Length)), _time);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(late.Token, _stop.Token);
        try
        {
            batch.ForEach(file => file.IsStarted = true);
            var run = _invoke(batch, end.Token);
            var nobodyWaits = Task.WhenAll(batch.Select(file => file.Ended));
            if (await Task.WhenAny(run, nobodyWaits) != run)
                await end.CancelAsync();
            await run;
            _most = Math.Min(_settings.BatchFiles, _most * 2);
        }
        catch (OperationCanceledException)
        {
            FailAll(batch, late.IsCancellationRequested ? Late() : Stopped());
        }
        catch (ScannerUnavailableException exception)
        {
            FailAll(batch, exception);
        }
        catch (Exception exception)
        {
            // One file may spoil it for all: the next batches are smaller, until one of them is good again.
            _most = Math.Max(1, Math.Min(_most, batch.Count) / 2);
            FailAll(batch, exception as TryAgainException ?? new TryAgainException(
                $"A run of clamscan failed: {exception.Message}", exception));
        }
    }

    private void FailAll(List<PendingScan> batch, Exception exception)
    {
        if (batch.Any(file => !file.Abandoned))
            _logger.BatchFailed(batch.Count, exception.Message);
        foreach (var file in batch)
            file.Fail(exception);
    }

    private static TryAgainException Late() => new("clamscan took too long over a batch and was ended.");

    private static TryAgainException Stopped() => new("The engine was stopped before clamscan had answered.");

    private sealed class Announcement : IDisposable
    {
        private readonly ClamscanBatcher _batcher;
        private int _ended;

        public Announcement(ClamscanBatcher batcher)
        {
            _batcher = batcher;
            Interlocked.Increment(ref batcher._coming);
        }

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _ended, 1) == 0)
                Interlocked.Decrement(ref _batcher._coming);
        }
    }
}
