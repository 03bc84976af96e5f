namespace ClamBucketFleet.Bench.Stub;

/// <summary>A message that was handed out.</summary>
internal readonly record struct Receipt(int Message, int Count);

/// <summary>
/// A queue like SQS's: what is received is hidden for a while, and comes again unless it is deleted. A receive costs the
/// same whether a thousand messages wait or a hundred thousand.
/// </summary>
internal sealed class MessageQueue(int messages, TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly Queue<int> _back = [];
    private readonly PriorityQueue<int, long> _hidden = new();
    private readonly long[] _visibleAt = new long[messages];
    private readonly int[] _deliveries = new int[messages];
    private readonly bool[] _deleted = new bool[messages];
    private readonly long[] _received = new long[messages];
    private readonly long[] _deletedAt = new long[messages];
    private int _fresh;
    private int _inFlight;
    private TaskCompletionSource _changed = NewSignal();
    private TaskCompletionSource _removed = NewSignal();

    /// <summary>When the queue was opened: before, nothing is handed out.</summary>
    private long? _opened;

    public int Deleted { get; private set; }

    public (int Waiting, int InFlight) Depths
    {
        get
        {
            lock (_lock)
            {
                ReturnDue();
                return (messages - _fresh + _back.Count, _inFlight);
            }
        }
    }

    public void Open()
    {
        lock (_lock)
        {
            _opened ??= time.GetTimestamp();
            Signal(ref _changed);
        }
    }

    /// <summary>Waits for a first message as long as it may; none is an empty answer.</summary>
    public async Task<IReadOnlyList<Receipt>> ReceiveAsync(
        int max, TimeSpan visibility, TimeSpan wait, CancellationToken cancellationToken)
    {
        var until = time.GetTimestamp() + Ticks(wait);
        while (true)
        {
            Task changed;
            long wake;
            lock (_lock)
            {
                if (Take(max, visibility) is { Count: > 0 } taken)
                    return taken;
                changed = _changed.Task;
                wake = _hidden.TryPeek(out _, out var due) ? Math.Min(due, until) : until;
            }

            if (time.GetTimestamp() >= until)
                return [];
            var pause = Math.Max(1, (wake - time.GetTimestamp()) * 1000 / time.TimestampFrequency);
            await Task.WhenAny(changed, Task.Delay(TimeSpan.FromMilliseconds(pause), time, cancellationToken));
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    /// <summary>Whether there is such a message still.</summary>
    public bool Delete(int message)
    {
        lock (_lock)
        {
            if (_deleted[message])
                return false;
            if (_visibleAt[message] > 0)
                _inFlight--;
            _visibleAt[message] = 0;
            _deleted[message] = true;
            _deletedAt[message] = time.GetTimestamp();
            Deleted++;
            Signal(ref _removed);
            return true;
        }
    }

    /// <summary>Whether this delivery is still the one that holds.</summary>
    public bool ChangeVisibility(Receipt delivery, TimeSpan visibility)
    {
        lock (_lock)
        {
            ReturnDue();
            if (_visibleAt[delivery.Message] == 0 || _deliveries[delivery.Message] != delivery.Count)
                return false;
            Hide(delivery.Message, visibility);
            Signal(ref _changed);
            return true;
        }
    }

    /// <summary>Returns once so many are deleted.</summary>
    public async Task WaitForAsync(int deleted, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task removed;
            lock (_lock)
            {
                if (Deleted >= deleted)
                    return;
                removed = _removed.Task;
            }

            await removed.WaitAsync(cancellationToken);
        }
    }

    public IReadOnlyList<MessageTime> Times()
    {
        lock (_lock)
        {
            return _opened is not { } opened ? [] :
            [
                .. Enumerable.Range(0, messages).Where(i => _deleted[i])
                    .Select(i => new MessageTime(i, Milliseconds(_received[i] - opened), Milliseconds(_deletedAt[i] - opened))),
            ];
        }
    }

    public int ReceivedTwice()
    {
        lock (_lock)
            return _deliveries.Count(count => count > 1);
    }

    private List<Receipt> Take(int max, TimeSpan visibility)
    {
        if (_opened is null)
            return [];
        ReturnDue();
        var taken = new List<Receipt>(max);
        while (taken.Count < max)
        {
            if (!_back.TryDequeue(out var message))
            {
                if (_fresh == messages)
                    break;
                message = _fresh++;
                _received[message] = time.GetTimestamp();
            }

            if (_deleted[message])
                continue;
            _inFlight++;
            Hide(message, visibility);
            taken.Add(new Receipt(message, ++_deliveries[message]));
        }

        return taken;
    }

    private void Hide(int message, TimeSpan visibility)
    {
        // At least one tick ahead: 0 stands for a message that nobody has.
        _visibleAt[message] = time.GetTimestamp() + Math.Max(1, Ticks(visibility));
        _hidden.Enqueue(message, _visibleAt[message]);
    }

    private void ReturnDue()
    {
        var now = time.GetTimestamp();
        while (_hidden.TryPeek(out var message, out var due) && due <= now)
        {
            _hidden.Dequeue();
            // An entry from before its time was changed says nothing.
            if (_visibleAt[message] != due)
                continue;
            _visibleAt[message] = 0;
            _inFlight--;
            _back.Enqueue(message);
        }
    }

    private static void Signal(ref TaskCompletionSource signal)
    {
        signal.TrySetResult();
        signal = NewSignal();
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private long Ticks(TimeSpan span) => (long)(span.TotalSeconds * time.TimestampFrequency);

    private double Milliseconds(long ticks) => ticks * 1000.0 / time.TimestampFrequency;
}
