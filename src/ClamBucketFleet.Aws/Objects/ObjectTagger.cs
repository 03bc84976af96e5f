using Amazon.S3;
using Amazon.S3.Model;

namespace ClamBucketFleet.Aws.Objects;

/// <summary>
/// Adds tags to exactly one content. S3 knows no condition on tagging: where a content can be overwritten in place it
/// is looked at after the tags were read and once more after they were written, and tags that met a successor are
/// taken back. The tags that a successor brought along between look and write cannot be restored.
/// </summary>
internal sealed class ObjectTagger(IAmazonS3 s3)
{
    public async Task<StepResult> TagAsync(
        ObjectIdentity content,
        IReadOnlyList<ObjectTag> tags,
        CancellationToken cancellationToken)
    {
        var versionId = content.VersionId;
        if (!content.HasImmutableVersion)
        {
            var before = await s3.LookAsync(content, cancellationToken).ConfigureAwait(false);
            if (before.State != StepResult.Done)
                return before.State;
            versionId = before.VersionId;
        }

        try
        {
            var own = await ReadAsync(content, versionId, cancellationToken).ConfigureAwait(false);
            var merged = TagSets.Merge(own, tags);
            if (merged.LeftOut.Count > 0)
                throw new TryAgainException(
                    $"Tagging {S3ObjectStore.Name(content)}: it has {own.Count} tags, and of the {TagSets.Max} that "
                    + $"S3 allows no place is left for {SafeText.Escape(string.Join(", ", merged.LeftOut))}. "
                    + "Nothing was changed.");

            if (merged.Changed)
                await WriteAsync(content, versionId, merged.All, cancellationToken).ConfigureAwait(false);
        }
        catch (AmazonS3Exception e) when (e.IsGone())
        {
            return StepResult.Gone;
        }

        if (content.HasImmutableVersion)
            return StepResult.Done;

        var after = await s3.LookAsync(content, cancellationToken).ConfigureAwait(false);
        if (after.State == StepResult.Superseded)
            await TakeBackAsync(content, tags, versionId, cancellationToken).ConfigureAwait(false);
        return after.State;
    }

    private async Task TakeBackAsync(
        ObjectIdentity content,
        IReadOnlyList<ObjectTag> tags,
        string? versionId,
        CancellationToken cancellationToken)
    {
        try
        {
            var found = await ReadAsync(content, versionId, cancellationToken).ConfigureAwait(false);
            var kept = found.Where(t => !tags.Any(ours => ours.Key == t.Key && ours.Value == t.Value)).ToList();
            if (kept.Count == 0 && found.Count > 0)
                await RemoveAllAsync(content, versionId, cancellationToken).ConfigureAwait(false);
            else if (kept.Count < found.Count)
                await WriteAsync(content, versionId, kept, cancellationToken).ConfigureAwait(false);
        }
        catch (AmazonS3Exception e) when (e.IsGone())
        {
            // With the successor went the tags.
        }
    }

    // Not every service takes a set of no tags.
    private Task<DeleteObjectTaggingResponse> RemoveAllAsync(
        ObjectIdentity content,
        string? versionId,
        CancellationToken cancellationToken) =>
        s3.DeleteObjectTaggingAsync(
            new DeleteObjectTaggingRequest { BucketName = content.Bucket, Key = content.Key, VersionId = versionId },
            cancellationToken);

    private async Task<List<Tag>> ReadAsync(
        ObjectIdentity content,
        string? versionId,
        CancellationToken cancellationToken)
    {
        var response = await s3.GetObjectTaggingAsync(
            new GetObjectTaggingRequest { BucketName = content.Bucket, Key = content.Key, VersionId = versionId },
            cancellationToken).ConfigureAwait(false);
        return response.Tagging ?? [];
    }

    private Task<PutObjectTaggingResponse> WriteAsync(
        ObjectIdentity content,
        string? versionId,
        List<Tag> tags,
        CancellationToken cancellationToken) =>
        s3.PutObjectTaggingAsync(
            new PutObjectTaggingRequest
            {
                BucketName = content.Bucket,
                Key = content.Key,
                VersionId = versionId,
                Tagging = new Tagging { TagSet = tags },
            },
            cancellationToken);
}
