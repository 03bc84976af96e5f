namespace ClamBucketFleet.Pipeline;

/// <summary>
/// One object is worked on once at a time within the process, so that a message delivered twice finds what its twin
/// did instead of racing it.
/// </summary>
internal sealed class ContentLocks
{
    private readonly Dictionary<(string Bucket, string Key), Entry> _entries = [];
    private readonly Lock _lock = new();

    public async Task<IDisposable> AcquireAsync(string bucket, string key, CancellationToken cancellationToken)
    {
        Entry? entry;
        lock (_lock)
        {
            if (!_entries.TryGetValue((bucket, key), out entry))
                _entries[(bucket, key)] = entry = new Entry(this, (bucket, key));
            entry.Users++;
        }

        try
        {
            await entry.Turn.WaitAsync(cancellationToken).ConfigureAwait(false);
            return entry;
        }
        catch
        {
            Leave(entry);
            throw;
        }
    }

    private void Leave(Entry entry)
    {
        lock (_lock)
        {
            if (--entry.Users > 0)
                return;
            _entries.Remove(entry.Name);
        }

        entry.Turn.Dispose();
    }

    private sealed class Entry(ContentLocks owner, (string Bucket, string Key) name) : IDisposable
    {
        public (string Bucket, string Key) Name { get; } = name;

        public SemaphoreSlim Turn { get; } = new(1, 1);

        public int Users { get; set; }

        public void Dispose()
        {
            Turn.Release();
            owner.Leave(this);
        }
    }
}
