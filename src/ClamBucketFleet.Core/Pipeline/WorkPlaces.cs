namespace ClamBucketFleet.Pipeline;

/// <summary>
/// How many messages are in work at once: as many as were asked for, or as many as keep the engine fed. The number grows
/// while the engine finds nothing ready, as S3 takes its time, and shrinks when more is ready than it can use. Those that
/// were scanned, and only wait for their answer to be confirmed, are not counted.
/// </summary>
/// <param name="asked">A fixed number; 0 chooses.</param>
/// <param name="processors">Of this machine.</param>
/// <param name="load">How well the engine is fed.</param>
/// <param name="time">Times the patience for a full batch.</param>
internal sealed class WorkPlaces(int asked, int processors, Func<ScanLoad> load, TimeProvider time)
{
    /// <summary>The most that are chosen, whatever is measured: each may hold two buffers and two connections.</summary>
    public const int Most = 256;

    // A processor that is busy with so many gains nothing from more of them. An engine that takes many at once has as many
    // brought meanwhile.
    private const int MostOfProcessor = 64, MostOfWanted = 2;

    // Behind large objects that wait for each other, small ones still get their turn.
    private const int MostLent = 16;

    // A request for ten costs as much as one for a single message. Nobody waits long for it.
    private static readonly TimeSpan BatchPatience = TimeSpan.FromMilliseconds(100);

    // How often who waits looks at the engine again, which calls nobody.
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(10);

    private readonly Lock _lock = new();
    private TaskCompletionSource? _changed;
    private int _taken;
    private int _lent;
    private int _extra;
    private bool _isWaiting;

    /// <summary>How many there are now.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
                return Limit;
        }
    }

    private int Limit => LimitAt(load());

    /// <summary>Waits for free places.</summary>
    /// <param name="most">The most that can be used.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>At least one.</returns>
    public async Task<int> TakeAsync(int most, CancellationToken cancellationToken)
    {
        try
        {
            return await TakeInTurnAsync(most, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            lock (_lock)
                _isWaiting = false;
        }
    }

    private async Task<int> TakeInTurnAsync(int most, CancellationToken cancellationToken)
    {
        long? firstFree = null;
        while (true)
        {
            Task changed;
            lock (_lock)
            {
                var fed = load();
                var free = LimitAt(fed) - _taken;
                var isEnough = free >= most || asked > 0 || fed.IsHungry || _taken == 0 || IsOver(firstFree);
                if (free > 0 && isEnough)
                {
                    var taken = Math.Min(free, most);
                    _taken += taken;
                    return taken;
                }

                _isWaiting = free <= 0;
                firstFree = _isWaiting ? null : firstFree ?? time.GetTimestamp();
                _changed ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                changed = _changed.Task;
            }

            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            await Task.WhenAny(changed, Task.Delay(asked > 0 ? Timeout.InfiniteTimeSpan : Step, time, limit.Token)).ConfigureAwait(false);
            await limit.CancelAsync().ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    /// <summary>Gives places back that were taken for nothing.</summary>
    public void Release(int count)
    {
        lock (_lock)
        {
            _taken -= count;
            Wake();
        }
    }

    /// <summary>One of those that were taken, for one message.</summary>
    public WorkPlace Use() => new(this);

    internal bool TryLend()
    {
        lock (_lock)
        {
            if (_lent == MostLent)
                return false;
            _lent++;
            _taken--;
            Wake();
            return true;
        }
    }

    internal void End(bool wasLent)
    {
        lock (_lock)
        {
            if (wasLent)
                _lent--;
            else
                _taken--;
            Adapt();
            Wake();
        }
    }

    // Only where every place was taken does the number of places hold anything up.
    private void Adapt()
    {
        var fed = load();
        if (asked > 0 || fed.Wanted == 0)
            return;
        var most = Math.Max(processors * MostOfProcessor, fed.Wanted * MostOfWanted);
        if (_isWaiting && fed.IsHungry && First(fed) + _extra < most && LimitAt(fed) < Most)
            _extra++;
        else if (fed.Ready > 2 * fed.Wanted && _extra > 0)
            _extra--;
    }

    private int LimitAt(ScanLoad fed)
    {
        if (asked > 0)
            return asked;
        return Math.Clamp(First(fed) + _extra + fed.Confirming, 1, Most);
    }

    private int First(ScanLoad fed) => Math.Max(Math.Clamp(processors * 4, 8, 64), fed.Wanted);

    private bool IsOver(long? firstFree) => firstFree is { } since && time.GetElapsedTime(since) >= BatchPatience;

    private void Wake()
    {
        _changed?.TrySetResult();
        _changed = null;
    }
}

/// <summary>The place of one message. Disposing gives it back, once.</summary>
public sealed class WorkPlace : IDisposable
{
    private readonly WorkPlaces? _places;
    private int _state;

    internal WorkPlace(WorkPlaces? places) => _places = places;

    /// <summary>For work that takes no place.</summary>
    public static WorkPlace None { get; } = new(null);

    /// <summary>
    /// Lets another message have the place while this one waits for long. Does nothing where too many have done so.
    /// </summary>
    public void Lend()
    {
        if (_places is null || Interlocked.CompareExchange(ref _state, 1, 0) != 0)
            return;
        if (!_places.TryLend())
            Interlocked.CompareExchange(ref _state, 0, 1);
    }

    public void Dispose()
    {
        if (_places is not null && Interlocked.Exchange(ref _state, 2) is var before and not 2)
            _places.End(wasLent: before == 1);
    }
}
