using System.Globalization;
using System.Net;
using Amazon.S3;
using Amazon.S3.Model;

namespace ClamBucketFleet.Aws.Objects;

/// <summary>Opens one content with one GET.</summary>
internal sealed class ObjectReader(IAmazonS3 s3, TimeProvider time)
{
    public async Task<OpenResult> OpenAsync(ObjectRef reference, CancellationToken cancellationToken)
    {
        try
        {
            var response = await GetAsync(reference, offset: 0, cancellationToken).ConfigureAwait(false);
            if (IsOther(reference, response.ETag))
            {
                response.Dispose();
                return new OpenResult.Superseded();
            }

            var identity = Identity(reference, response.VersionId, response.ETag, Length(response));
            return new OpenResult.Opened(new ObjectContent(identity, new ResumingStream(this, identity, response, time)));
        }
        catch (AmazonS3Exception e) when (e.IsGone())
        {
            return new OpenResult.Gone();
        }
        catch (AmazonS3Exception e) when (e.IsSuperseded())
        {
            return new OpenResult.Superseded();
        }
        catch (AmazonS3Exception e) when (e.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable)
        {
            return await OpenEmptyAsync(reference, e, cancellationToken).ConfigureAwait(false);
        }
        catch (AmazonS3Exception e) when (e.Unreadable() is { } reason)
        {
            return await DescribeAsync(reference, reason, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// The bytes from <paramref name="offset"/> to the end. A range is always asked for: without one the SDK puts a
    /// stream around the body that takes every ETag for an MD5, and throws on one that is not hexadecimal.
    /// </summary>
    /// <exception cref="AmazonS3Exception">As S3 answers; a 412 where the ETag is not the named one.</exception>
    public Task<GetObjectResponse> GetAsync(ObjectRef reference, long offset, CancellationToken cancellationToken) =>
        s3.GetObjectAsync(
            new GetObjectRequest
            {
                BucketName = reference.Bucket,
                Key = reference.Key,
                VersionId = reference.VersionId,
                EtagToMatch = reference is { ETag: { } etag, VersionId: null or "null" }
                    ? S3Requests.Quoted(etag)
                    : null,
                ByteRange = new ByteRange(string.Create(CultureInfo.InvariantCulture, $"bytes={offset}-")),
            },
            cancellationToken);

    // An empty object has no first byte, so that asking for it is refused; there is nothing to read in it either.
    private async Task<OpenResult> OpenEmptyAsync(ObjectRef reference, AmazonS3Exception refusal, CancellationToken cancellationToken)
    {
        var head = await HeadAsync(reference, cancellationToken).ConfigureAwait(false);
        if (head is null)
            return new OpenResult.Gone();
        if (IsOther(reference, head.ETag))
            return new OpenResult.Superseded();
        if (head.ContentLength != 0)
            throw new TryAgainException($"{S3ObjectStore.Name(reference)} changed while it was opened.", refusal);

        return new OpenResult.Opened(
            new ObjectContent(Identity(reference, head.VersionId, head.ETag, 0), Stream.Null));
    }

    // The key that S3 would need for a HEAD may be the customer's too: then the message is all that is known.
    private async Task<OpenResult> DescribeAsync(
        ObjectRef reference,
        UnscannableReason reason,
        CancellationToken cancellationToken)
    {
        GetObjectMetadataResponse? head;
        try
        {
            head = await HeadAsync(reference, cancellationToken).ConfigureAwait(false);
        }
        catch (AmazonS3Exception e) when (!S3Failures.IsPassing(e))
        {
            return new OpenResult.Unreadable(Identity(reference, reference.VersionId, reference.ETag, 0), reason);
        }

        if (head is null)
            return new OpenResult.Gone();

        return IsOther(reference, head.ETag)
            ? new OpenResult.Superseded()
            : new OpenResult.Unreadable(Identity(reference, head.VersionId, head.ETag, head.ContentLength), reason);
    }

    private Task<GetObjectMetadataResponse?> HeadAsync(ObjectRef reference, CancellationToken cancellationToken) =>
        s3.HeadAsync(Identity(reference, null, null, 0), reference.VersionId, cancellationToken);

    private static bool IsOther(ObjectRef reference, string? etag) =>
        reference.ETag is { } expected && S3Requests.Bare(etag) != expected;

    private static ObjectIdentity Identity(ObjectRef reference, string? versionId, string? etag, long size) =>
        new(reference.Bucket, reference.Key, versionId ?? reference.VersionId, S3Requests.Bare(etag), size);

    // "bytes 0-99/100"; a service without ranges answers with everything.
    private static long Length(GetObjectResponse response) =>
        response.ContentRange is { } range
        && long.TryParse(range.AsSpan(range.LastIndexOf('/') + 1), CultureInfo.InvariantCulture, out var total)
            ? total
            : response.ContentLength;
}
