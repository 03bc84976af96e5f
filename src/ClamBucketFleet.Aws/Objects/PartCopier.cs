using Amazon.S3;
using Amazon.S3.Model;

namespace ClamBucketFleet.Aws.Objects;

/// <summary>Copies in parts what is too large for one request. A copy that fails leaves no upload behind.</summary>
internal sealed class PartCopier(IAmazonS3 s3, S3Limits limits)
{
    private const int MaxParts = 10_000;
    private const int AtOnce = 4;

    public async Task<ObjectIdentity> CopyAsync(CopyPlan plan, long size, CancellationToken cancellationToken)
    {
        var (bucket, key) = plan.Destination;
        var upload = await s3.InitiateMultipartUploadAsync(CopyRequests.Initiate(plan), cancellationToken)
            .ConfigureAwait(false);
        try
        {
            var response = await s3.CompleteMultipartUploadAsync(
                new CompleteMultipartUploadRequest
                {
                    BucketName = bucket,
                    Key = key,
                    UploadId = upload.UploadId,
                    PartETags = await CopyPartsAsync(plan, upload.UploadId, size, cancellationToken)
                        .ConfigureAwait(false),
                },
                cancellationToken).ConfigureAwait(false);
            return new ObjectIdentity(bucket, key, response.VersionId, S3Requests.Bare(response.ETag), size);
        }
        catch
        {
            await AbortAsync(bucket, key, upload.UploadId).ConfigureAwait(false);
            throw;
        }
    }

    private async Task<List<PartETag>> CopyPartsAsync(
        CopyPlan plan,
        string uploadId,
        long size,
        CancellationToken cancellationToken)
    {
        var partSize = Math.Max(limits.PartSize, (size + MaxParts - 1) / MaxParts);
        var parts = new PartETag[(int)((size + partSize - 1) / partSize)];
        await Parallel.ForAsync(
            0,
            parts.Length,
            new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken },
            async (i, cancelled) =>
            {
                var last = Math.Min((i + 1) * partSize, size) - 1;
                var part = await s3.CopyPartAsync(
                    CopyRequests.Part(plan, uploadId, i + 1, i * partSize, last), cancelled).ConfigureAwait(false);
                parts[i] = new PartETag(i + 1, part.ETag);
            }).ConfigureAwait(false);
        return [.. parts];
    }

    // The failure that led here is the one to report, and the abort has to go out even where the work was cancelled;
    // what it leaves, a lifecycle rule for incomplete uploads removes.
    private async Task AbortAsync(string bucket, string key, string uploadId)
    {
        try
        {
            await s3.AbortMultipartUploadAsync(
                new AbortMultipartUploadRequest { BucketName = bucket, Key = key, UploadId = uploadId },
                CancellationToken.None).ConfigureAwait(false);
        }
        catch (AmazonS3Exception)
        {
        }
        catch (Exception e) when (S3Failures.IsPassing(e))
        {
        }
    }
}
