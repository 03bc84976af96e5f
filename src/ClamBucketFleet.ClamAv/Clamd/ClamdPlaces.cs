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

    // How often a large content looks whether clamd idles.
    private static readonly TimeSpan LookAround = TimeSpan.FromMilliseconds(250);

    private readonly SemaphoreSlim _free;
    private readonly SemaphoreSlim _large;
    private readonly SemaphoreSlim _spare;
    private readonly int _count;
    private readonly TimeProvider _time;
    private int _ready;

    /// <param name="count">Scans at once.</param>
    /// <param name="large">Of these, large ones: at least one is left to the small.</param>
    /// <param name="spare">Further large ones, where clamd would idle otherwise.</param>
    /// <param name="time">Measures the silence.</param>
    public ClamdPlaces(int count, int large, int spare, TimeProvider time)
    {
        (_count, _time) = (count, time);
        _free = new SemaphoreSlim(count);
        _large = new SemaphoreSlim(large);
        _spare = new SemaphoreSlim(spare);
    }

    /// <summary>What is ready while all places are taken, and how much of it is wanted.</summary>
    public ScanLoad Load => new(_count, Volatile.Read(ref _ready));

    /// <summary>Whether anything is being scanned, or about to be.</summary>
    public bool IsBusy => _free.CurrentCount < _count;

    /// <summary>
    /// Four scans a processor, so that none idles between one's answer and the next one's first byte. Of another machine
    /// nothing is known but that it may be larger.
    /// </summary>
    public static ClamdPlaces For(ClamdAddress address, int processors, TimeProvider time)
    {
        var count = Math.Clamp(processors * 4, 8, 64);
        var large = Math.Max(1, processors / 2);
        return address.EndPoint is UnixDomainSocketEndPoint
            ? new(count, large, processors - large, time)
            : new(count, 4, 0, time);
    }

    /// <summary>
    /// Waits until a large content may be brought; smaller ones always may. Beyond its lanes one may go where more than
    /// one scan is idle and no content is ready, so that there is still one for the small.
    /// </summary>
    public async ValueTask<IDisposable?> TurnAsync(long length, CancellationToken cancellationToken)
    {
        if (length < Large)
            return null;
        if (_large.Wait(0, CancellationToken.None))
            return new Taken(_large);

        IDisposable? spare = null;
        try
        {
            if (await WaitAsync(_large, LookAround, LookAsync, cancellationToken) is not { } lane)
                return spare;
            spare?.Dispose();
            return lane;
        }
        catch
        {
            spare?.Dispose();
            throw;
        }

        Task<bool> LookAsync() => Task.FromResult((spare = TakeSpare()) is null);
    }

    /// <summary>Waits for a place, in the order of arrival.</summary>
    /// <param name="showLife">
    /// Called every three seconds, so that clamd goes on waiting; false ends the wait. Null where clamd knows nothing yet.
    /// </param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Gives it back when disposed; null where the wait was ended without one.</returns>
    public async Task<IDisposable?> TakeAsync(Func<Task<bool>>? showLife, CancellationToken cancellationToken)
    {
        if (_free.Wait(0, CancellationToken.None))
            return new Taken(_free);

        Interlocked.Increment(ref _ready);
        try
        {
            if (showLife is not null)
                return await WaitAsync(_free, Silence, showLife, cancellationToken);
            await _free.WaitAsync(cancellationToken);
            return new Taken(_free);
        }
        finally
        {
            Interlocked.Decrement(ref _ready);
        }
    }

    public void Dispose()
    {
        _free.Dispose();
        _large.Dispose();
        _spare.Dispose();
    }

    private Taken? TakeSpare() =>
        _free.CurrentCount > 1 && Volatile.Read(ref _ready) == 0 && _spare.Wait(0, CancellationToken.None) ? new Taken(_spare) : null;

    // Keeps its turn while it does something else now and then.
    private async Task<Taken?> WaitAsync(
        SemaphoreSlim places, TimeSpan every, Func<Task<bool>> goOn, CancellationToken cancellationToken)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var turn = places.WaitAsync(over.Token);
        try
        {
            while (await Task.WhenAny(turn, Task.Delay(every, _time, over.Token)) != turn
                && !cancellationToken.IsCancellationRequested
                && await goOn())
            {
                // It is somebody else's turn.
            }
        }
        catch
        {
            await EndAsync();
            if (turn.IsCompletedSuccessfully)
                places.Release();
            throw;
        }

        await EndAsync();
        if (turn.IsCompletedSuccessfully)
            return new Taken(places);
        cancellationToken.ThrowIfCancellationRequested();
        return null;

        async Task EndAsync()
        {
            await over.CancelAsync();
            await turn.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
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
