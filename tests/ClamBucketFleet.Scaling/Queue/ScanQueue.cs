namespace ClamBucketFleet.Scaling.Queue;

/// <summary>
/// The scan queue, by cohorts of messages that came in the same second. Messages that nobody can read come back until the
/// queue's maxReceiveCount, then they are dead letters.
/// </summary>
/// <param name="returnsAtOnce">
/// Whether the daemon hands them back, after a second and then twice as long each time. If not, as when an instance dies
/// of them, they come back after the visibility timeout.
/// </param>
public sealed class ScanQueue(QueueDefinition definition, bool returnsAtOnce)
{
    private readonly Queue<(int At, long Count)> _good = new();
    private readonly long[] _poison = new long[definition.MaxReceiveCount + 1];
    private readonly PriorityQueue<(int Receives, long Count), int> _hidden = new();
    private long _headTaken;

    /// <summary>Good messages that are not deleted yet.</summary>
    public long Good { get; private set; }

    /// <summary>Poisonous ones that are visible.</summary>
    public long Poison { get; private set; }

    /// <summary>Poisonous ones that wait out their delay: SQS counts them as in flight.</summary>
    public long Hidden { get; private set; }

    public long DeadLetters { get; private set; }

    public long Sent { get; private set; }

    public long Receives { get; private set; }

    public Waits Waits { get; } = new();

    public bool IsEmpty => Good + Poison + Hidden == 0;

    public long Pending => Good + Poison;

    public int? OldestArrival => _good.Count > 0 ? _good.Peek().At : null;

    public void Send(int now, long good, long poison)
    {
        if (good > 0) _good.Enqueue((now, good));
        Good += good;
        Poison += poison;
        _poison[0] += poison;
        Sent += good + poison;
    }

    /// <summary>Makes visible again what has waited long enough.</summary>
    public void Return(int now)
    {
        while (_hidden.TryPeek(out var some, out var due) && due <= now)
        {
            _hidden.Dequeue();
            Hidden -= some.Count;
            Poison += some.Count;
            _poison[some.Receives] += some.Count;
        }
    }

    /// <summary>Good messages, the oldest first, scanned and deleted.</summary>
    public void Scan(int now, long count)
    {
        Good -= count;
        Receives += count;
        while (count > 0)
        {
            var (at, size) = _good.Peek();
            var taken = Math.Min(count, size - _headTaken);
            Waits.Add(now - at, taken);
            count -= taken;
            _headTaken += taken;
            if (_headTaken < size) break;
            _good.Dequeue();
            _headTaken = 0;
        }
    }

    /// <summary>Poisonous ones received once more, the most often received first.</summary>
    public void Fail(int now, long count)
    {
        Poison -= count;
        Receives += count;
        for (var receives = _poison.Length - 1; receives >= 0 && count > 0; receives--)
        {
            var taken = Math.Min(count, _poison[receives]);
            _poison[receives] -= taken;
            count -= taken;
            if (taken > 0) Hide(now, receives + 1, taken);
        }
    }

    private void Hide(int now, int receives, long count)
    {
        if (receives >= definition.MaxReceiveCount)
        {
            DeadLetters += count;
            return;
        }

        var timeout = definition.VisibilityTimeout.TotalSeconds;
        var delay = returnsAtOnce ? Math.Min(Math.Pow(2, receives - 1), timeout) : timeout;
        _hidden.Enqueue((receives, count), now + (int)delay);
        Hidden += count;
    }
}
