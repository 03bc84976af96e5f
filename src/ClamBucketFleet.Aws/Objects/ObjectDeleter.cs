using Amazon.S3;
using Amazon.S3.Model;

namespace ClamBucketFleet.Aws.Objects;

/// <summary>
/// Deletes exactly one content. An immutable version is named. What can be overwritten in place is looked at first and
/// deleted under <c>If-Match</c>, which S3 evaluates against the current version only; a service that ignores
/// <c>If-Match</c> leaves the instant between the two requests unguarded. A content that newer versions hide cannot be
/// guarded by <c>If-Match</c> at all; it can be replaced only while versioning is suspended, in that same instant.
/// </summary>
internal sealed class ObjectDeleter(IAmazonS3 s3)
{
    private const int MaxLooks = 3;

    public async Task<StepResult> DeleteAsync(ObjectIdentity content, CancellationToken cancellationToken)
    {
        if (content.HasImmutableVersion)
            return await DeleteVersionAsync(content, content.VersionId, cancellationToken).ConfigureAwait(false);

        for (var look = 1; look <= MaxLooks; look++)
        {
            var now = await s3.LookAsync(content, cancellationToken).ConfigureAwait(false);
            if (now.State != StepResult.Done)
                return now.State;
            if (!now.IsCurrent)
                return await DeleteVersionAsync(content, "null", cancellationToken).ConfigureAwait(false);
            if (await DeleteCurrentAsync(content, now.VersionId, cancellationToken).ConfigureAwait(false))
                return StepResult.Done;
        }

        throw new TryAgainException(
            $"Deleting {S3ObjectStore.Name(content)}: it changed each of {MaxLooks} times between look and deletion.");
    }

    /// <summary>False where the object changed after the look.</summary>
    private async Task<bool> DeleteCurrentAsync(
        ObjectIdentity content,
        string? versionId,
        CancellationToken cancellationToken)
    {
        DeleteObjectResponse response;
        try
        {
            response = await s3.DeleteObjectAsync(
                new DeleteObjectRequest
                {
                    BucketName = content.Bucket,
                    Key = content.Key,
                    VersionId = versionId,
                    IfMatch = S3Requests.Quoted(content.ETag),
                },
                cancellationToken).ConfigureAwait(false);
        }
        catch (AmazonS3Exception e) when (e.IsGone() || e.IsSuperseded())
        {
            return false;
        }

        if (versionId is null && response is { DeleteMarker: "true", VersionId: { } marker and not "null" })
            await UncoverAsync(content, marker, cancellationToken).ConfigureAwait(false);
        return true;
    }

    // Versioning was switched on since the look: the content lies unharmed under a delete marker, as version "null".
    private async Task UncoverAsync(ObjectIdentity content, string marker, CancellationToken cancellationToken)
    {
        var hidden = await s3.HeadAsync(content, "null", cancellationToken).ConfigureAwait(false);
        if (hidden is not null && S3Requests.Bare(hidden.ETag) == content.ETag)
            await DeleteVersionAsync(content, "null", cancellationToken).ConfigureAwait(false);
        await DeleteVersionAsync(content, marker, cancellationToken).ConfigureAwait(false);
    }

    private async Task<StepResult> DeleteVersionAsync(
        ObjectIdentity content,
        string? versionId,
        CancellationToken cancellationToken)
    {
        try
        {
            await s3.DeleteObjectAsync(
                new DeleteObjectRequest { BucketName = content.Bucket, Key = content.Key, VersionId = versionId },
                cancellationToken).ConfigureAwait(false);
            return StepResult.Done;
        }
        catch (AmazonS3Exception e) when (e.IsGone())
        {
            return StepResult.Gone;
        }
    }
}
