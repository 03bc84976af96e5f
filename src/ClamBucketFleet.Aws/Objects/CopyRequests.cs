using Amazon.S3;
using Amazon.S3.Model;

namespace ClamBucketFleet.Aws.Objects;

/// <summary>One copy to be made.</summary>
/// <param name="Content">What to copy.</param>
/// <param name="Source">The content as S3 describes it now.</param>
/// <param name="Destination">Where to.</param>
/// <param name="Tags">All tags of the copy.</param>
internal sealed record CopyPlan(ObjectIdentity Content, Standing Source, ObjectLocation Destination, List<Tag> Tags);

/// <summary>The requests of a copy, with everything that S3 does not carry over by itself.</summary>
internal static class CopyRequests
{
    public static CopyObjectRequest Whole(CopyPlan plan)
    {
        var head = plan.Source.Head!;
        return new CopyObjectRequest
        {
            SourceBucket = plan.Content.Bucket,
            SourceKey = plan.Content.Key,
            SourceVersionId = plan.Source.VersionId,
            ETagToMatch = S3Requests.Quoted(plan.Content.ETag),
            DestinationBucket = plan.Destination.Bucket,
            DestinationKey = plan.Destination.Key,
            MetadataDirective = S3MetadataDirective.COPY,
            TaggingDirective = TaggingDirective.REPLACE,
            TagSet = plan.Tags,
            WebsiteRedirectLocation = head.WebsiteRedirectLocation,
            StorageClass = StorageClass(head),
            ServerSideEncryptionMethod = Encryption(head),
            ServerSideEncryptionKeyManagementServiceKeyId = head.ServerSideEncryptionKeyManagementServiceKeyId,
            BucketKeyEnabled = head.BucketKeyEnabled,
        };
    }

    public static InitiateMultipartUploadRequest Initiate(CopyPlan plan)
    {
        var head = plan.Source.Head!;
        var request = new InitiateMultipartUploadRequest
        {
            BucketName = plan.Destination.Bucket,
            Key = plan.Destination.Key,
            ContentType = head.ContentType ?? head.Headers.ContentType,
            Expires = head.ExpiresString,
            TagSet = plan.Tags,
            WebsiteRedirectLocation = head.WebsiteRedirectLocation,
            StorageClass = StorageClass(head),
            ServerSideEncryptionMethod = Encryption(head),
            ServerSideEncryptionKeyManagementServiceKeyId = head.ServerSideEncryptionKeyManagementServiceKeyId,
            BucketKeyEnabled = head.BucketKeyEnabled,
        };
        request.Headers.CacheControl = head.CacheControl ?? head.Headers.CacheControl;
        request.Headers.ContentDisposition = head.ContentDisposition ?? head.Headers.ContentDisposition;
        request.Headers.ContentEncoding = head.ContentEncoding ?? head.Headers.ContentEncoding;
        request.Headers.ContentLanguage = head.ContentLanguage ?? head.Headers.ContentLanguage;
        foreach (var key in head.Metadata.Keys)
            request.Metadata[key] = head.Metadata[key];
        return request;
    }

    public static CopyPartRequest Part(CopyPlan plan, string uploadId, int number, long first, long last) => new()
    {
        SourceBucket = plan.Content.Bucket,
        SourceKey = plan.Content.Key,
        SourceVersionId = plan.Source.VersionId,
        ETagToMatch = [S3Requests.Quoted(plan.Content.ETag)],
        DestinationBucket = plan.Destination.Bucket,
        DestinationKey = plan.Destination.Key,
        UploadId = uploadId,
        PartNumber = number,
        FirstByte = first,
        LastByte = last,
    };

    private static ServerSideEncryptionMethod? Encryption(GetObjectMetadataResponse head) =>
        head.ServerSideEncryptionMethod == ServerSideEncryptionMethod.None ? null : head.ServerSideEncryptionMethod;

    // The classes that S3 takes in a request and whose objects can be read at once: the copy is read to be verified.
    private static S3StorageClass? StorageClass(GetObjectMetadataResponse head) =>
        head.StorageClass?.Value is "REDUCED_REDUNDANCY" or "STANDARD_IA" or "ONEZONE_IA" or "INTELLIGENT_TIERING"
            or "GLACIER_IR"
            ? head.StorageClass
            : null;
}
