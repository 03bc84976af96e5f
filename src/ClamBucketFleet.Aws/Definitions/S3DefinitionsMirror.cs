using Amazon.S3;
using ClamBucketFleet.Options;
using Microsoft.Extensions.Logging;

namespace ClamBucketFleet.Aws.Definitions;

/// <summary>
/// <see cref="IDefinitionsMirror"/> in a bucket. Needs conditional writes (<c>If-Match</c>, <c>If-None-Match</c>), and
/// answers that tell the service's time: no clock of an instance decides who holds the lease.
/// </summary>
/// <param name="s3">From <see cref="AwsClients"/>: only <see cref="S3Client"/> tells the service's time.</param>
/// <param name="place">Where the mirror is.</param>
/// <param name="logger">Told of what is done and lost.</param>
/// <param name="time">Times pauses and limits.</param>
/// <param name="times"><see cref="MirrorTimes.Default"/> where null.</param>
/// <param name="uploads">Sends files, for which it has the patience that they take; null is <paramref name="s3"/>.</param>
/// <exception cref="FatalConfigurationException">No bucket is named.</exception>
public sealed class S3DefinitionsMirror(
    IAmazonS3 s3,
    Destination place,
    ILogger<S3DefinitionsMirror> logger,
    TimeProvider time,
    MirrorTimes? times = null,
    IAmazonS3? uploads = null) : IDefinitionsMirror
{
    private readonly MirrorBucket _bucket = new(s3, place, uploads ?? s3);
    private readonly MirrorTimes _times = times ?? MirrorTimes.Default;

    /// <inheritdoc/>
    public async Task<MirrorState> ReadAsync(CancellationToken cancellationToken)
    {
        var manifest = await StoredManifest.ReadAsync(_bucket, cancellationToken).ConfigureAwait(false);
        var (lease, now) = await _bucket.ReadTextAsync(_bucket.LeaseKey, cancellationToken).ConfigureAwait(false);
        return new MirrorState(manifest?.Json.Manifest, Parse(lease)?.StayAway, now);
    }

    /// <inheritdoc/>
    public Task FetchAsync(DefinitionsFile file, string path, CancellationToken cancellationToken) =>
        new FileFetcher(_bucket, time).FetchAsync(file, path, cancellationToken);

    /// <inheritdoc/>
    public async Task<IMirrorLease?> TryLeaseAsync(string holder, CancellationToken cancellationToken)
    {
        var (stored, now) = await _bucket.ReadTextAsync(_bucket.LeaseKey, cancellationToken).ConfigureAwait(false);
        var last = Parse(stored);
        if (last is { GivenBack: false } && stored!.Age < _times.Expiry)
            return null;

        var asked = time.GetTimestamp();
        var own = new LeaseJson(MirrorJson.Schema, holder, $"{Guid.NewGuid():N}", 0, GivenBack: false, last?.StayAway);
        var record = await LeaseRecord.TryTakeAsync(_bucket, own, stored?.ETag, cancellationToken).ConfigureAwait(false);
        if (record is null)
            return null;
        if (last is { GivenBack: false })
            logger.MirrorLeaseTakenOver(SafeText.Escape(last.Holder), stored!.Age);

        var lease = new MirrorLease(_bucket, record, asked, _times, logger, time);
        try
        {
            // After the lease was taken: until then its last holder may have published.
            await lease.ReadAsync(now, cancellationToken).ConfigureAwait(false);
            return lease;
        }
        catch
        {
            await lease.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    // It may be of anybody who can write to the bucket.
    private static LeaseJson? Parse(StoredText? stored)
    {
        if (stored is null)
            return null;

        var lease = MirrorJson.Read(stored, MirrorJson.Default.LeaseJson);
        return lease with { StayAway = lease.StayAway?.CappedFrom(stored.Now - stored.Age) };
    }
}
