namespace ClamBucketFleet.ClamAv;

/// <summary>So many of something, of which each takes as many as it needs, in the order of arrival.</summary>
/// <param name="count">How many there are.</param>
internal sealed class Turns(int count)
{
    private readonly Lock _lock = new();
    private readonly LinkedList<Waiter> _waiters = [];
    private int _free = count;

    /// <summary>How many nobody has.</summary>
    public int Free
    {
        get
        {
            lock (_lock)
                return _free;
        }
    }

    /// <summary>Takes them where they are free and nobody waits.</summary>
    public bool TryTake(int wanted)
    {
        lock (_lock)
        {
            if (_waiters.Count > 0 || _free < wanted)
                return false;
            _free -= wanted;
            return true;
        }
    }

    /// <summary>Waits for them.</summary>
    /// <param name="wanted">No more than there are, or nobody behind gets any.</param>
    /// <param name="cancellationToken">Gives the turn up.</param>
    public async Task TakeAsync(int wanted, CancellationToken cancellationToken)
    {
        LinkedListNode<Waiter> node;
        lock (_lock)
        {
            if (_waiters.Count == 0 && _free >= wanted)
            {
                _free -= wanted;
                return;
            }

            node = _waiters.AddLast(new Waiter(wanted));
        }

        await using var giveUp = cancellationToken.Register(() => GiveUp(node, cancellationToken)).ConfigureAwait(false);
        await node.Value.Task.ConfigureAwait(false);
    }

    /// <summary>Gives them to those who wait.</summary>
    public void Release(int taken)
    {
        lock (_lock)
        {
            _free += taken;
            Serve();
        }
    }

    private void GiveUp(LinkedListNode<Waiter> node, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (!node.Value.TrySetCanceled(cancellationToken))
                return;
            _waiters.Remove(node);
            Serve();
        }
    }

    private void Serve()
    {
        while (_waiters.First is { Value: var first } && first.Wanted <= _free)
        {
            _waiters.RemoveFirst();
            _free -= first.Wanted;
            first.SetResult();
        }
    }

    private sealed class Waiter(int wanted) : TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        public int Wanted { get; } = wanted;
    }
}
