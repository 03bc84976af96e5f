namespace ClamBucketFleet.Aws.Definitions;

/// <summary>
/// The lease's object while it is ours. Each writing is on condition of the one before, so that a holder who was away
/// too long cannot take it back from who has it now.
/// </summary>
internal sealed class LeaseRecord : IDisposable
{
    private readonly MirrorBucket _bucket;
    private readonly SemaphoreSlim _turn = new(1);
    private LeaseJson _last;
    private string _etag;

    private LeaseRecord(MirrorBucket bucket, LeaseJson taken, string etag) => (_bucket, _last, _etag) = (bucket, taken, etag);

    public string Id => _last.Id;

    public StayAway? StayAway => _last.StayAway;

    /// <summary>Null where somebody else was faster.</summary>
    public static async Task<LeaseRecord?> TryTakeAsync(
        MirrorBucket bucket,
        LeaseJson own,
        string? etag,
        CancellationToken cancellationToken)
    {
        var taken = await WriteAsync(bucket, own, etag, cancellationToken).ConfigureAwait(false);
        return taken is null ? null : new LeaseRecord(bucket, own, taken);
    }

    /// <summary>Writes the lease anew, as it is or with a change.</summary>
    /// <exception cref="LeaseLostException">Somebody else has it.</exception>
    public async Task RenewAsync(Func<LeaseJson, LeaseJson>? change, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            // Counted even if the write fails: it may have arrived.
            _last = _last with { Renewed = _last.Renewed + 1 };
            var next = change?.Invoke(_last) ?? _last;
            _etag = await WriteAsync(_bucket, next, _etag, cancellationToken).ConfigureAwait(false)
                ?? throw new LeaseLostException($"{_bucket.Name(_bucket.LeaseKey)} was taken by another instance.");
            _last = next;
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();

    private static Task<string?> WriteAsync(
        MirrorBucket bucket,
        LeaseJson lease,
        string? etag,
        CancellationToken cancellationToken) => bucket.WriteTextAsync(
            bucket.LeaseKey,
            MirrorJson.Write(lease, MirrorJson.Default.LeaseJson),
            etag,
            stored => MirrorJson.Read(stored, MirrorJson.Default.LeaseJson).Id == lease.Id,
            cancellationToken);
}
