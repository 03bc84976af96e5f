using System.Globalization;
using System.Security.Cryptography;
using Amazon.S3;
using Amazon.S3.Model;

namespace ClamBucketFleet.Aws.Objects;

/// <summary>Whether two objects are proven to have the same content, by what S3 says of them.</summary>
internal static class CopyProof
{
    private static readonly Func<GetObjectMetadataResponse, string?>[] Checksums =
    [
        head => head.ChecksumSHA512,
        head => head.ChecksumSHA256,
        head => head.ChecksumSHA1,
        head => head.ChecksumMD5,
        head => head.ChecksumCRC64NVME,
        head => head.ChecksumCRC32C,
        head => head.ChecksumCRC32,
    ];

    /// <summary>True: equal. False: different. Null: S3 says nothing that could be compared.</summary>
    public static bool? AreEqual(GetObjectMetadataResponse source, GetObjectMetadataResponse copy)
    {
        if (source.ContentLength != copy.ContentLength)
            return false;
        if (Md5(source) is { } sourceMd5 && Md5(copy) is { } copyMd5)
            return sourceMd5 == copyMd5;

        foreach (var checksum in Checksums)
        {
            if (OfWhole(source, checksum) is { } sourceSum && OfWhole(copy, checksum) is { } copySum)
                return sourceSum == copySum;
        }

        return null;
    }

    /// <summary>Reads the object to its end and compares its SHA-256.</summary>
    public static async Task<bool> HasSha256Async(
        ObjectReader reader,
        ObjectIdentity copy,
        string sha256,
        CancellationToken cancellationToken)
    {
        var reference = new ObjectRef(copy.Bucket, copy.Key, copy.VersionId, copy.ETag);
        if (await reader.OpenAsync(reference, cancellationToken).ConfigureAwait(false) is not OpenResult.Opened opened)
            return false;

        await using var content = opened.Content;
        var hash = await SHA256.HashDataAsync(content.Body, cancellationToken).ConfigureAwait(false);
        return string.Equals(Convert.ToHexStringLower(hash), sha256, StringComparison.OrdinalIgnoreCase);
    }

    // With KMS or a customer's key the ETag of a whole object is no digest of its content.
    private static string? Md5(GetObjectMetadataResponse head)
    {
        var plain = head.ServerSideEncryptionCustomerMethod is null
            && head.ServerSideEncryptionKeyManagementServiceKeyId is null
            && (head.ServerSideEncryptionMethod is null
                || head.ServerSideEncryptionMethod == ServerSideEncryptionMethod.None
                || head.ServerSideEncryptionMethod == ServerSideEncryptionMethod.AES256);
        var etag = S3Requests.Bare(head.ETag);
        return plain && etag.Length == 32 && etag.All(char.IsAsciiHexDigit)
            ? etag.ToLower(CultureInfo.InvariantCulture)
            : null;
    }

    // A composite checksum depends on where the parts end; "-3" at its end tells it where the type is not told.
    private static string? OfWhole(GetObjectMetadataResponse head, Func<GetObjectMetadataResponse, string?> checksum) =>
        checksum(head) is { } value
        && !value.Contains('-', StringComparison.Ordinal)
        && (head.ChecksumType is null || head.ChecksumType == ChecksumType.FULL_OBJECT)
            ? value
            : null;
}
