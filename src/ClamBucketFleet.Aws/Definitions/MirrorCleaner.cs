using Amazon.S3.Model;

namespace ClamBucketFleet.Aws.Definitions;

/// <summary>Removes files that no instance needs any more.</summary>
internal sealed class MirrorCleaner(MirrorBucket bucket, MirrorTimes times)
{
    /// <summary>Removes what is old and not needed.</summary>
    /// <param name="needed">Keys that stay.</param>
    /// <param name="confirmAsync">
    /// Throws where the lease is not ours any more. Asked before each removal: a holder that was suspended
    /// would remove by its old list what its successor has published.
    /// </param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>How many were removed.</returns>
    public Task<int> RemoveAsync(
        HashSet<string> needed,
        Func<Task> confirmAsync,
        CancellationToken cancellationToken) => bucket.RemovingAsync(
            async () =>
            {
                var unused = await ListAsync(needed, cancellationToken).ConfigureAwait(false);
                foreach (var key in unused)
                {
                    await confirmAsync().ConfigureAwait(false);
                    await bucket.S3.DeleteObjectAsync(bucket.Bucket, key, cancellationToken).ConfigureAwait(false);
                }

                return unused.Count;
            },
            cancellationToken);

    private async Task<List<string>> ListAsync(HashSet<string> needed, CancellationToken cancellationToken)
    {
        var unused = new List<string>();
        var request = new ListObjectsV2Request { BucketName = bucket.Bucket, Prefix = bucket.FilesPrefix };
        ListObjectsV2Response page;
        do
        {
            page = await bucket.S3.ListObjectsV2Async(request, cancellationToken).ConfigureAwait(false);
            if (ServiceClock.In(page) is { } now)
            {
                unused.AddRange((page.S3Objects ?? [])
                    .Where(found => now - found.LastModified?.ToUniversalTime() >= times.KeepUnused)
                    .Select(found => found.Key)
                    .Where(key => IsFile(key) && !needed.Contains(key)));
            }

            request.ContinuationToken = page.NextContinuationToken;
        }
        while (page.IsTruncated == true);
        return unused;
    }

    // Of what else lies there, nobody knows whose it is.
    private bool IsFile(string key) =>
        key.AsSpan(bucket.FilesPrefix.Length).IndexOf('/') is var slash and > 0
        && ManifestRules.IsSha256(key.Substring(bucket.FilesPrefix.Length, slash));
}
