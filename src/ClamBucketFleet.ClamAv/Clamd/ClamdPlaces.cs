using System.Net.Sockets;

namespace ClamBucketFleet.ClamAv;

/// <summary>
/// How many contents clamd scans at once for this program. What is brought earlier lies ready in clamd's temporary
/// directory, or in a buffer of ours, all but its end; the end goes out when a place is free. More scans than processors
/// take as long together, and each longer; the threads that clamd has beyond are left to self-tests.
/// </summary>
internal sealed class ClamdPlaces
{
    /// <summary>Bytes from which on a content counts as large: clamd takes seconds over it, not milliseconds.</summary>
    public const long Large = 16L << 20;

    // Short scans need others beside them, so that no processor idles between one's answer and the next one's bytes. Long
    // ones do not, and would only take each other's room in the caches. Large ones have lanes, and must not keep all others out.
    private const int OfLong = 3;

    // Of a clamd on another machine, whose processors nobody knows.
    private const int LargeElsewhere = 4;

    // clamd ends a connection on which nothing comes for thirty seconds, where nobody told it otherwise; some are told five.
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(3);

    private readonly Turns _free;
    private readonly Turns _large;
    private readonly int _count;
    private readonly TimeProvider _time;
    private int _ready;

    /// <param name="count">Scans at once.</param>
    /// <param name="large">Of these, large ones.</param>
    /// <param name="time">Measures the silence.</param>
    public ClamdPlaces(int count, int large, TimeProvider time)
    {
        (_count, _time) = (count, time);
        _free = new Turns(count);
        _large = new Turns(large);
    }

    /// <summary>What is ready while all places are taken, and how much of it is wanted.</summary>
    public ScanLoad Load => new(_count, Volatile.Read(ref _ready));

    /// <summary>Whether anything is being scanned, or about to be.</summary>
    public bool IsBusy => _free.Free < _count;

    /// <summary>
    /// Four scans a processor, so that none idles between one's answer and the next one's first byte. Of another machine
    /// nothing is known but that it may be larger.
    /// </summary>
    public static ClamdPlaces For(ClamdAddress address, int processors, TimeProvider time)
    {
        var count = Math.Clamp(processors * 4, 8, 64);
        return new(count, address.EndPoint is UnixDomainSocketEndPoint ? Math.Min(processors, count / 4) : LargeElsewhere, time);
    }

    /// <summary>Waits until a large content may be brought; smaller ones always may.</summary>
    public async ValueTask<IDisposable?> TurnAsync(long length, CancellationToken cancellationToken)
    {
        if (length < Large)
            return null;
        await _large.TakeAsync(1, cancellationToken);
        return new Taken(_large, 1);
    }

    /// <summary>Waits for a place, or for as many as a content of this length takes, in the order of arrival.</summary>
    /// <param name="length">Bytes.</param>
    /// <param name="showLife">
    /// Called every three seconds, so that clamd goes on waiting; false ends the wait. Null where clamd knows nothing yet.
    /// </param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Gives it back when disposed; null where the wait was ended without one.</returns>
    public async Task<IDisposable?> TakeAsync(long length, Func<Task<bool>>? showLife, CancellationToken cancellationToken)
    {
        var wanted = length is > ClamdUpload.Small and < Large ? Math.Min(OfLong, _count) : 1;
        if (_free.TryTake(wanted))
            return new Taken(_free, wanted);

        Interlocked.Increment(ref _ready);
        try
        {
            if (showLife is not null)
                return await WaitAsync(wanted, showLife, cancellationToken);
            await _free.TakeAsync(wanted, cancellationToken);
            return new Taken(_free, wanted);
        }
        finally
        {
            Interlocked.Decrement(ref _ready);
        }
    }

    // Keeps its turn while it shows life now and then.
    private async Task<Taken?> WaitAsync(int wanted, Func<Task<bool>> showLife, CancellationToken cancellationToken)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var turn = _free.TakeAsync(wanted, over.Token);
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
                _free.Release(wanted);
            throw;
        }

        await EndAsync();
        if (turn.IsCompletedSuccessfully)
            return new Taken(_free, wanted);
        cancellationToken.ThrowIfCancellationRequested();
        return null;

        async Task EndAsync()
        {
            await over.CancelAsync();
            await turn.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private sealed class Taken(Turns places, int count) : IDisposable
    {
        private int _given;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _given, 1) == 0)
                places.Release(count);
        }
    }
}
