namespace ClamBucketFleet;

/// <summary>One content in S3, as the store answered: what a verdict belongs to.</summary>
/// <param name="VersionId">
/// Null in a bucket that never had versions; <c>"null"</c> (S3's own word) for the version that a bucket with
/// suspended versioning overwrites in place.
/// </param>
/// <param name="ETag">ETag without quotes.</param>
/// <param name="Size">Bytes.</param>
public sealed record ObjectIdentity(string Bucket, string Key, string? VersionId, string ETag, long Size)
{
    /// <summary>Whether <see cref="VersionId"/> names bytes that can never be replaced by others.</summary>
    public bool HasImmutableVersion => VersionId is not (null or "null");
}
