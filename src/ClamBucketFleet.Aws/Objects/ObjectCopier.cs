using Amazon.S3;
using Amazon.S3.Model;

namespace ClamBucketFleet.Aws.Objects;

/// <summary>Copies exactly one content and verifies the copy. See <see cref="S3ObjectStore.CopyAsync"/>.</summary>
internal sealed class ObjectCopier(IAmazonS3 s3, TimeProvider time, S3Limits limits)
{
    private readonly ObjectReader _reader = new(s3, time);
    private readonly ObjectDeleter _deleter = new(s3);
    private readonly PartCopier _parts = new(s3, limits);

    public async Task<CopyResult> CopyAsync(
        ObjectIdentity content,
        ObjectLocation destination,
        IReadOnlyList<ObjectTag> tags,
        string? sha256,
        CancellationToken cancellationToken)
    {
        if (destination.Bucket == content.Bucket && destination.Key == content.Key)
            throw new TryAgainException(
                $"Copying {S3ObjectStore.Name(content)}: the copy would replace the object itself. "
                + "Quarantine:Bucket and Quarantine:Prefix, or Clean:Bucket and Clean:Prefix, must lead elsewhere.");

        var source = await s3.LookAsync(content, cancellationToken).ConfigureAwait(false);
        if (source.State != StepResult.Done)
            return Ended(source.State);

        try
        {
            var own = await s3.GetObjectTaggingAsync(
                new GetObjectTaggingRequest
                {
                    BucketName = content.Bucket,
                    Key = content.Key,
                    VersionId = source.VersionId,
                },
                cancellationToken).ConfigureAwait(false);
            var merged = TagSets.Merge(own.Tagging, tags);
            var plan = new CopyPlan(content, source, destination, merged.All);
            var copy = await WriteAsync(plan, cancellationToken).ConfigureAwait(false);
            var state = await VerifyAsync(plan, copy, sha256, cancellationToken).ConfigureAwait(false);
            return state == StepResult.Done ? new CopyResult(state, copy, merged.LeftOut) : Ended(state);
        }
        catch (AmazonS3Exception e) when (e.IsGone())
        {
            return Ended(StepResult.Gone);
        }
        catch (AmazonS3Exception e) when (e.IsSuperseded())
        {
            return Ended(StepResult.Superseded);
        }
    }

    private async Task<ObjectIdentity> WriteAsync(CopyPlan plan, CancellationToken cancellationToken)
    {
        var (bucket, key) = plan.Destination;
        var size = plan.Source.Head!.ContentLength;
        try
        {
            if (size > limits.MaxSingleCopy)
                return await _parts.CopyAsync(plan, size, cancellationToken).ConfigureAwait(false);

            var response = await s3.CopyObjectAsync(CopyRequests.Whole(plan), cancellationToken).ConfigureAwait(false);
            return new ObjectIdentity(bucket, key, response.VersionId, S3Requests.Bare(response.ETag), size);
        }
        catch (AmazonS3Exception e) when (e.IsNoSuchBucket())
        {
            throw new NotFoundException(
                $"Copying {S3ObjectStore.Name(plan.Content)} to {SafeText.Escape(plan.Destination.ToString())}: the "
                + "bucket does not exist. Name one that does as Quarantine:Bucket or Clean:Bucket.",
                e);
        }
    }

    // A copy that is equal to what was scanned is never taken back, whatever became of the source: it may be the one of
    // somebody who had the same message, and who has deleted the source since.
    private async Task<StepResult> VerifyAsync(
        CopyPlan plan,
        ObjectIdentity copy,
        string? sha256,
        CancellationToken cancellationToken)
    {
        var found = await s3.LookAsync(copy, cancellationToken).ConfigureAwait(false);
        if (found.State != StepResult.Done)
            throw new TryAgainException(
                $"Copying {S3ObjectStore.Name(plan.Content)}: the copy {S3ObjectStore.Name(copy)} is gone or replaced.");

        var equal = CopyProof.AreEqual(plan.Source.Head!, found.Head!)
            ?? (sha256 is null
                ? null
                : await CopyProof.HasSha256Async(_reader, copy, sha256, cancellationToken).ConfigureAwait(false));
        if (equal is true)
            return StepResult.Done;

        var source = await s3.LookAsync(plan.Content, cancellationToken).ConfigureAwait(false);
        if (equal is null)
            return source.State;

        await _deleter.DeleteAsync(copy, cancellationToken).ConfigureAwait(false);
        if (source.State != StepResult.Done)
            return source.State;
        throw new TryAgainException(
            $"Copying {S3ObjectStore.Name(plan.Content)}: the copy {S3ObjectStore.Name(copy)} is not equal "
            + "to it, and was deleted.");
    }

    private static CopyResult Ended(StepResult state) => new(state, null, []);
}
