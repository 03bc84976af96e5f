using System.Net.Sockets;

namespace ClamBucketFleet.ClamAv;

/// <summary>
/// How many contents clamd scans at once for this program. What is brought earlier lies ready in clamd's temporary
/// directory, or in a buffer of ours, all but its end; the end goes out when a place is free. More scans than processors
/// take as long together, and each longer; the threads that clamd has beyond are left to self-tests.
/// </summary>
internal sealed class ClamdPlaces : IDisposable
{
    /// <summary>Bytes from which on a content counts as large: clamd takes seconds over it, not milliseconds.</summary>
    public const long Large = 16L << 20;

    // clamd ends a connection on which nothing comes for thirty seconds, where nobody told it otherwise; some are told five.
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(3);

    private readonly SemaphoreSlim _free;
    private readonly SemaphoreSlim _large;
    private readonly int _count;
    private readonly TimeProvider _time;
    private int _ready;

    /// <param name="count">Scans at once.</param>
    /// <param name="large">Of these, large ones: at least one is left to the small.</param>
    /// <param name="time">Measures the silence.</param>
    public ClamdPlaces(int count, int large, TimeProvider time)
    {
        (_count, _time) = (count, time);
        _free = new SemaphoreSlim(count);
        _large = new SemaphoreSlim(large);
    }

    /// <summary>What is ready while all places are taken, and how much of it is wanted.</summary>
    public ScanLoad Load => new(_count, Volatile.Read(ref _ready));

    /// <summary>Whether anything is being scanned, or about to be.</summary>
    public bool IsBusy => _free.CurrentCount < _count;

    /// <summary>
    /// For a clamd on this machine one more than processors, so that none idles between two scans; of another machine
    /// nothing is known.
    /// </summary>
    public static ClamdPlaces For(ClamdAddress address, int processors, TimeProvider time) =>
        address.EndPoint is UnixDomainSocketEndPoint
            ? new(processors + 1, Math.Max(1, processors / 2), time)
            : new(Math.Clamp(processors * 4, 8, 64), 4, time);

    /// <summary>Waits until a large content may be brought; smaller ones always may.</summary>
    public async ValueTask<IDisposable?> TurnAsync(long length, CancellationToken cancellationToken)
    {
        if (length < Large)
            return null;
        await _large.WaitAsync(cancellationToken);
        return new Taken(_large);
    }

    /// <summary>Waits for a place, in the order of arrival.</summary>
    /// <param name="showLife">Called every three seconds, so that clamd goes on waiting; false ends the wait.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Gives it back when disposed; null where the wait was ended without one.</returns>
    public async Task<IDisposable?> TakeAsync(Func<Task<bool>> showLife, CancellationToken cancellationToken)
    {
        if (_free.Wait(0, CancellationToken.None))
            return new Taken(_free);

        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var turn = _free.WaitAsync(over.Token);
        Interlocked.Increment(ref _ready);
        try
        {
            while (await Task.WhenAny(turn, Task.Delay(Silence, _time, over.Token)) != turn
                && !cancellationToken.IsCancellationRequested
                && await showLife())
            {
                // It is somebody else's turn.
            }
        }
        catch
        {
            await EndAsync();
            if (turn.IsCompletedSuccessfully)
                _free.Release();
            throw;
        }

        await EndAsync();
        if (turn.IsCompletedSuccessfully)
            return new Taken(_free);
        cancellationToken.ThrowIfCancellationRequested();
        return null;

        async Task EndAsync()
        {
            await over.CancelAsync();
            await turn.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            Interlocked.Decrement(ref _ready);
        }
    }

    public void Dispose()
    {
        _free.Dispose();
        _large.Dispose();
    }

    private sealed class Taken(SemaphoreSlim places) : IDisposable
    {
        private int _given;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _given, 1) == 0)
                places.Release();
        }
    }
}
