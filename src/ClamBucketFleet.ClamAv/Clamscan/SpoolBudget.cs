namespace ClamBucketFleet.ClamAv;

/// <summary>Bytes that may lie in the spool at once, granted in the order in which they were asked for.</summary>
/// <param name="measure">The limit, asked for whenever the spool is empty: what a disk has free changes.</param>
internal sealed class SpoolBudget(Func<long> measure)
{
    private readonly Lock _lock = new();
    private readonly Queue<Request> _waiting = new();
    private long _used;
    private long _limit;

    /// <returns>Gives the bytes back when disposed.</returns>
    /// <exception cref="TryAgainException">More than the whole limit.</exception>
    /// <exception cref="ScannerUnavailableException">The limit cannot be measured.</exception>
    public async Task<IDisposable> AcquireAsync(long bytes, CancellationToken cancellationToken)
    {
        var request = new Request(bytes);
        lock (_lock)
        {
            if (_used == 0)
                _limit = measure();
            if (bytes > _limit)
            {
                throw new TryAgainException(
                    $"The spool has room for {_limit} bytes, not for {bytes}: give Scan:SpoolDirectory more room, or " +
                    "raise Scan:SpoolLimit where it is set.");
            }

            _waiting.Enqueue(request);
        }

        Grant();
        await using var registration = cancellationToken.Register(() =>
        {
            request.Granted.TrySetCanceled(cancellationToken);
            Grant();
        });
        await request.Granted.Task;
        return new Lease(this, bytes);
    }

    private void Grant()
    {
        lock (_lock)
        {
            while (_waiting.TryPeek(out var first) && (first.Granted.Task.IsCompleted || _used == 0 || _used + first.Bytes <= _limit))
            {
                _waiting.Dequeue();
                if (first.Granted.TrySetResult())
                    _used += first.Bytes;
            }
        }
    }

    private void Release(long bytes)
    {
        lock (_lock)
            _used -= bytes;
        Grant();
    }

    private sealed record Request(long Bytes)
    {
        public TaskCompletionSource Granted { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private sealed class Lease(SpoolBudget budget, long bytes) : IDisposable
    {
        private int _released;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _released, 1) == 0)
                budget.Release(bytes);
        }
    }
}
