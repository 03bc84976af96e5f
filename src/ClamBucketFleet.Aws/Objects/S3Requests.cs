using Amazon.S3;
using Amazon.S3.Model;

namespace ClamBucketFleet.Aws.Objects;

/// <summary>What stands in S3 now where a content was.</summary>
/// <param name="State">
/// <see cref="StepResult.Done"/> where it is that content still, with <paramref name="Head"/> what S3 says of it.
/// </param>
/// <param name="Head">Null unless the content stands.</param>
/// <param name="VersionId">The version to name in requests; null in a bucket that never had versions.</param>
/// <param name="IsCurrent">Whether it is what a request without a version would get.</param>
internal sealed record Standing(
    StepResult State,
    GetObjectMetadataResponse? Head = null,
    string? VersionId = null,
    bool IsCurrent = false);

/// <summary>Requests that more than one step needs.</summary>
internal static class S3Requests
{
    /// <summary>Whether the content still stands. One HEAD; two where newer versions lie over the content.</summary>
    public static async Task<Standing> LookAsync(
        this IAmazonS3 s3,
        ObjectIdentity content,
        CancellationToken cancellationToken)
    {
        if (content.HasImmutableVersion)
        {
            var version = await s3.HeadAsync(content, content.VersionId, cancellationToken).ConfigureAwait(false);
            return Compare(content, version, content.VersionId, isCurrent: false);
        }

        var hidden = false;
        GetObjectMetadataResponse? current = null;
        try
        {
            current = await s3.GetObjectMetadataAsync(Head(content, null), cancellationToken).ConfigureAwait(false);
            hidden = current.VersionId is not (null or "null");
        }
        catch (AmazonS3Exception e) when (e.IsGone())
        {
            hidden = e.IsDeleteMarker();
        }

        if (!hidden)
            return Compare(content, current, current?.VersionId ?? content.VersionId, isCurrent: true);

        var below = await s3.HeadAsync(content, "null", cancellationToken).ConfigureAwait(false);
        return below is null && current is not null
            ? new Standing(StepResult.Superseded)
            : Compare(content, below, "null", isCurrent: false);
    }

    /// <summary>Null where no such object or version is.</summary>
    public static async Task<GetObjectMetadataResponse?> HeadAsync(
        this IAmazonS3 s3,
        ObjectIdentity content,
        string? versionId,
        CancellationToken cancellationToken)
    {
        try
        {
            return await s3.GetObjectMetadataAsync(Head(content, versionId), cancellationToken).ConfigureAwait(false);
        }
        catch (AmazonS3Exception e) when (e.IsGone())
        {
            return null;
        }
    }

    /// <summary>An ETag as this program writes it: without quotes.</summary>
    public static string Bare(string? etag) => etag?.Trim('"') ?? "";

    /// <summary>An ETag as HTTP writes it.</summary>
    public static string Quoted(string etag) => $"\"{etag}\"";

    private static Standing Compare(
        ObjectIdentity content,
        GetObjectMetadataResponse? head,
        string? versionId,
        bool isCurrent) => head switch
        {
            null => new Standing(StepResult.Gone),
            _ when Bare(head.ETag) != content.ETag => new Standing(StepResult.Superseded),
            _ => new Standing(StepResult.Done, head, versionId, isCurrent),
        };

    private static GetObjectMetadataRequest Head(ObjectIdentity content, string? versionId) => new()
    {
        BucketName = content.Bucket,
        Key = content.Key,
        VersionId = versionId,
        ChecksumMode = ChecksumMode.ENABLED,
    };
}
