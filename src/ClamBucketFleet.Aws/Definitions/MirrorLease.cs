using Microsoft.Extensions.Logging;

namespace ClamBucketFleet.Aws.Definitions;

/// <summary>Keeps a lease alive until it is disposed, and publishes under it.</summary>
internal sealed class MirrorLease : IMirrorLease
{
    // The source's words may be a whole page.
    private const int MaxReason = 500;

    private readonly MirrorBucket _bucket;
    private readonly LeaseRecord _record;
    private readonly MirrorTimes _times;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _ended = new();
    private readonly CancellationTokenSource _lost = new();
    private readonly Task _beating;
    private readonly long _taken;
    private StoredManifest? _manifest;
    private long _renewed;
    private bool _disposed;

    /// <param name="bucket">Where the mirror is.</param>
    /// <param name="record">Just taken.</param>
    /// <param name="asked">When it was asked for, a timestamp of <paramref name="time"/>.</param>
    /// <param name="times">How long things hold.</param>
    /// <param name="logger">Told of renewals that failed.</param>
    /// <param name="time">The clock.</param>
    public MirrorLease(
        MirrorBucket bucket,
        LeaseRecord record,
        long asked,
        MirrorTimes times,
        ILogger logger,
        TimeProvider time)
    {
        (_bucket, _record, _renewed, _times, _logger, _time) = (bucket, record, asked, times, logger, time);
        _taken = asked;
        _beating = BeatAsync();
    }

    public CancellationToken Lost => _lost.Token;

    public MirrorState State { get; private set; } = new(null, null, default);

    /// <summary>Reads what is published, as of which all that is published under this lease is made.</summary>
    public async Task ReadAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        _manifest = await StoredManifest.ReadAsync(_bucket, cancellationToken).ConfigureAwait(false);
        State = new MirrorState(_manifest?.Json.Manifest, _record.StayAway, now);
    }

    public async Task PublishAsync(
        DefinitionsManifest manifest,
        Func<DefinitionsFile, string> path,
        CancellationToken cancellationToken)
    {
        if (ManifestRules.Violation(manifest, State.Now) is { } reason)
            throw new TryAgainException($"These definitions cannot be published: {reason}.");

        var before = _manifest;
        await WhileHeldAsync(
            async held =>
            {
                var uploader = new FileUploader(_bucket, _times, _logger);
                foreach (var file in manifest.Files)
                    await uploader.EnsureAsync(file, path(file), before?.Json, held).ConfigureAwait(false);
                await RenewAsync(null, held).ConfigureAwait(false);
            },
            cancellationToken).ConfigureAwait(false);

        // Not given up half-way: nobody would know which manifest holds.
        _manifest = await StoredManifest.ReplaceAsync(_bucket, before, manifest, _record.Id, CancellationToken.None)
            .ConfigureAwait(false);
        _logger.MirrorPublished(_manifest.Json.Revision, manifest.Version, manifest.Files.Count);
        await CleanUpAsync(before, manifest, cancellationToken).ConfigureAwait(false);
    }

    public Task StayAwayAsync(StayAway stayAway, CancellationToken cancellationToken) => WhileHeldAsync(
        held => RenewAsync(
            lease => lease with
            {
                StayAway = stayAway.CappedFrom(State.Now + _time.GetElapsedTime(_taken)) with
                {
                    Reason = stayAway.Reason[..Math.Min(stayAway.Reason.Length, MaxReason)],
                },
            },
            held),
        cancellationToken);

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, true))
            return;
        await _ended.CancelAsync().ConfigureAwait(false);
        await _beating.ConfigureAwait(false);
        if (!_lost.IsCancellationRequested)
            await GiveBackAsync().ConfigureAwait(false);
        _record.Dispose();
        _ended.Dispose();
        _lost.Dispose();
    }

    private async Task GiveBackAsync()
    {
        try
        {
            await RenewAsync(lease => lease with { GivenBack = true }, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            _logger.MirrorLeaseNotGivenBack(e.Message);
        }
    }

    private async Task WhileHeldAsync(Func<CancellationToken, Task> work, CancellationToken cancellationToken)
    {
        using var held = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _lost.Token);
        try
        {
            held.Token.ThrowIfCancellationRequested();
            await work(held.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException e) when (_lost.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new LeaseLostException("The lease on the mirror was lost; what is published stays as it is.", e);
        }
    }

    private async Task CleanUpAsync(
        StoredManifest? before,
        DefinitionsManifest manifest,
        CancellationToken cancellationToken)
    {
        try
        {
            var needed = manifest.Files.Concat(before?.Json.Files ?? []).Select(_bucket.FileKey).ToHashSet();
            var removed = await new MirrorCleaner(_bucket, _times)
                .RemoveAsync(needed, () => RenewAsync(null, cancellationToken), cancellationToken)
                .ConfigureAwait(false);
            if (removed > 0)
                _logger.MirrorCleaned(removed);
        }
        catch (Exception e)
        {
            // What is published is published; the next one removes what is left.
            _logger.MirrorNotCleaned(e.Message);
        }
    }

    private async Task BeatAsync()
    {
        var pause = _times.Renewal;
        while (true)
        {
            await Task.Delay(pause, _time, _ended.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (_ended.IsCancellationRequested)
                return;
            try
            {
                await RenewAsync(null, _ended.Token).ConfigureAwait(false);
                pause = _times.Renewal;
            }
            catch (OperationCanceledException) when (_ended.IsCancellationRequested)
            {
                return;
            }
            catch (LeaseLostException)
            {
                return;
            }
            catch (Exception e) when (_time.GetElapsedTime(Volatile.Read(ref _renewed)) < _times.GiveUp)
            {
                _logger.MirrorLeaseNotRenewed(e.Message);
                pause = _times.Renewal / 4;
            }
            catch (Exception e)
            {
                await LoseAsync(e).ConfigureAwait(false);
                return;
            }
        }
    }

    private async Task RenewAsync(Func<LeaseJson, LeaseJson>? change, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(_times.Renewal, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        var asked = _time.GetTimestamp();
        try
        {
            await _record.RenewAsync(change, either.Token).ConfigureAwait(false);
            Volatile.Write(ref _renewed, asked);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new ServiceUnreachableException(
                $"Writing {_bucket.Name(_bucket.LeaseKey)}: no answer within {_times.Renewal}.", e);
        }
        catch (LeaseLostException e)
        {
            await LoseAsync(e).ConfigureAwait(false);
            throw;
        }
    }

    private async Task LoseAsync(Exception reason)
    {
        if (_lost.IsCancellationRequested)
            return;
        _logger.MirrorLeaseLost(reason.Message);
        await _lost.CancelAsync().ConfigureAwait(false);
    }
}
