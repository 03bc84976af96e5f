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

    // clamd ends a connection on which nothing comes for thirty seconds, where nobody told it otherwise; some are told five.
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(3);

    // How often a large content looks whether clamd idles.
    private static readonly TimeSpan LookAround = TimeSpan.FromMilliseconds(250);

    private readonly Turns _free;
    private readonly Turns _large;
    private readonly Turns _spare;
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
        _free = new Turns(count);
        _large = new Turns(large);
        _spare = new Turns(spare);
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
        var large = Math.Max(1, processors / 2);
        return address.EndPoint is UnixDomainSocketEndPoint
            ? new(count, large, processors - large, time)
            : new(count, 4, 0, time);
    }

    /// <summary>
    /// Waits until a large content may be brought; smaller ones always may. Beyond its lanes one may go where so many
    /// places are free that there is still enough for any other, and no content is ready.
    /// </summary>
    public async ValueTask<IDisposable?> TurnAsync(long length, CancellationToken cancellationToken)
    {
        if (length < Large)
            return null;
        if (_large.TryTake(1))
            return new Taken(_large, 1);

        IDisposable? spare = null;
        try
        {
            if (await WaitAsync(_large, 1, LookAround, LookAsync, cancellationToken) is not { } lane)
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
                return await WaitAsync(_free, wanted, Silence, showLife, cancellationToken);
            await _free.TakeAsync(wanted, cancellationToken);
            return new Taken(_free, wanted);
        }
        finally
        {
            Interlocked.Decrement(ref _ready);
        }
    }

    private Taken? TakeSpare() =>
        _free.Free > OfLong && Volatile.Read(ref _ready) == 0 && _spare.TryTake(1) ? new Taken(_spare, 1) : null;

    // Keeps its turn while it does something else now and then.
    private async Task<Taken?> WaitAsync(
        Turns places, int wanted, TimeSpan every, Func<Task<bool>> goOn, CancellationToken cancellationToken)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var turn = places.TakeAsync(wanted, over.Token);
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
                places.Release(wanted);
            throw;
        }

        await EndAsync();
        if (turn.IsCompletedSuccessfully)
            return new Taken(places, wanted);
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
