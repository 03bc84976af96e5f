using Amazon.S3;

namespace ClamBucketFleet.Aws.Objects;

/// <summary>Sizes from which on S3 does things in another way. Bytes.</summary>
/// <param name="MaxSingleCopy">What one CopyObject may have; larger objects are copied in parts.</param>
/// <param name="PartSize">A part's size, larger where it would take more than 10,000 parts.</param>
public sealed record S3Limits(long MaxSingleCopy, long PartSize)
{
    /// <summary>S3's own: 5 GiB in one copy, parts of 512 MiB.</summary>
    public static S3Limits Default { get; } = new(5L << 30, 512L << 20);
}

/// <summary>
/// <see cref="IObjectStore"/> on S3 and what is compatible with it. The SDK repeats what fails in passing; what fails
/// for longer comes out as <see cref="ServiceUnreachableException"/>.
/// </summary>
/// <param name="s3">
/// From <see cref="AwsClients"/>: only by <see cref="S3Client"/> does every key reach S3 whole. Disposed by whoever
/// made it.
/// </param>
/// <param name="time">Times pauses and silence.</param>
/// <param name="limits"><see cref="S3Limits.Default"/> where null.</param>
public sealed class S3ObjectStore(IAmazonS3 s3, TimeProvider time, S3Limits? limits = null) : IObjectStore
{
    internal const string ReadPermissions =
        "s3:GetObject, s3:GetObjectVersion, and s3:ListBucket so that S3 tells a missing key from a forbidden one";

    private const string DeletePermissions =
        ReadPermissions + ", s3:DeleteObject and s3:DeleteObjectVersion, with no retention or legal hold on the object";

    private const string CopyPermissions =
        ReadPermissions + ", s3:GetObjectTagging and s3:GetObjectVersionTagging on the source, s3:PutObject, "
        + "s3:PutObjectTagging and s3:GetObject on the destination, and the use of the KMS key of either";

    private const string TagPermissions =
        ReadPermissions + ", s3:GetObjectTagging, s3:GetObjectVersionTagging, s3:PutObjectTagging, "
        + "s3:PutObjectVersionTagging, s3:DeleteObjectTagging and s3:DeleteObjectVersionTagging; nothing was changed";

    private readonly ObjectReader _reader = new(s3, time);
    private readonly ObjectDeleter _deleter = new(s3);
    private readonly ObjectTagger _tagger = new(s3);
    private readonly ObjectCopier _copier = new(s3, time, limits ?? S3Limits.Default);

    /// <inheritdoc/>
    public Task<OpenResult> OpenAsync(ObjectRef reference, CancellationToken cancellationToken) =>
        S3Failures.GuardAsync(
            $"Opening {Name(reference)}",
            ReadPermissions,
            () => _reader.OpenAsync(reference, cancellationToken),
            cancellationToken);

    /// <inheritdoc/>
    public Task<StepResult> DeleteAsync(ObjectIdentity content, CancellationToken cancellationToken) =>
        S3Failures.GuardAsync(
            $"Deleting {Name(content)}",
            DeletePermissions,
            () => _deleter.DeleteAsync(content, cancellationToken),
            cancellationToken);

    /// <inheritdoc/>
    /// <remarks>
    /// The copy counts as equal where both have the same MD5 as their ETag, or the same checksum of the whole object,
    /// or, read back, the SHA-256 that was given. Where none of these can be had (an object uploaded in parts that was
    /// never read), what is left is S3's own promise: size and the condition on the source's version or ETag.
    /// Objects restored from an archive are copied to S3's standard class, where the copy can be read.
    /// </remarks>
    public Task<CopyResult> CopyAsync(
        ObjectIdentity content,
        ObjectLocation destination,
        IReadOnlyList<ObjectTag> tags,
        string? sha256,
        CancellationToken cancellationToken) =>
        S3Failures.GuardAsync(
            $"Copying {Name(content)} to {SafeText.Escape(destination.ToString())}",
            CopyPermissions,
            () => _copier.CopyAsync(content, destination, tags, sha256, cancellationToken),
            cancellationToken);

    /// <inheritdoc/>
    public Task<StepResult> TagAsync(
        ObjectIdentity content,
        IReadOnlyList<ObjectTag> tags,
        CancellationToken cancellationToken) =>
        S3Failures.GuardAsync(
            $"Tagging {Name(content)}",
            TagPermissions,
            () => _tagger.TagAsync(content, tags, cancellationToken),
            cancellationToken);

    internal static string Name(ObjectIdentity content) => Name(content.Bucket, content.Key, content.VersionId);

    internal static string Name(ObjectRef reference) => Name(reference.Bucket, reference.Key, reference.VersionId);

    private static string Name(string bucket, string key, string? versionId) =>
        SafeText.Escape($"s3://{bucket}/{key}") + (versionId is null ? "" : $" (version {SafeText.Escape(versionId)})");
}
