namespace ClamBucketFleet.ClamAv;

/// <summary>Bytes that may lie in the spool at once, granted in the order in which they were asked for.</summary>
internal sealed class SpoolBudget(long limit)
{
    private readonly Lock _lock = new();
    private readonly Queue<Request> _waiting = new();
    private long _used;

    /// <returns>Gives the bytes back when disposed.</returns>
    /// <exception cref="TryAgainException">More than the whole limit.</exception>
    public async Task<IDisposable> AcquireAsync(long bytes, CancellationToken cancellationToken)
    {
        if (bytes > limit)
        {
            throw new TryAgainException(
                $"The object has {bytes} bytes, more than Scan:SpoolLimit allows in the spool ({limit}): raise it, or " +
                "give Scan:SpoolDirectory more room.");
        }

        var request = new Request(bytes);
        lock (_lock)
            _waiting.Enqueue(request);
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
            while (_waiting.TryPeek(out var first) && (first.Granted.Task.IsCompleted || _used + first.Bytes <= limit))
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
