namespace ClamBucketFleet;

/// <summary>
/// S3, as the way of one object needs it. Every step names one content (version or ETag) and may be repeated
/// without harm. Failures are <see cref="TryAgainException"/> and its kinds.
/// </summary>
public interface IObjectStore
{
    /// <summary>
    /// Opens one content for reading: by version where <paramref name="reference"/> names one, else only while the
    /// ETag is the one it names. What was opened cannot change while it is read: every later part is asked for by
    /// version or ETag.
    /// </summary>
    /// <exception cref="NotFoundException">The bucket does not exist.</exception>
    Task<OpenResult> OpenAsync(ObjectRef reference, CancellationToken cancellationToken);

    /// <summary>
    /// Deletes exactly this content: this version, or the object while its ETag is this one. Where the service
    /// ignores the condition, the caller's content is still never exceeded: the store verifies by itself.
    /// </summary>
    Task<StepResult> DeleteAsync(ObjectIdentity content, CancellationToken cancellationToken);

    /// <summary>
    /// Copies exactly this content and verifies the copy. Content type, metadata, tags, encryption settings and
    /// storage class stay; <paramref name="tags"/> are added. Of tags that find no room beside the object's own, as
    /// many as fit are written, in the order given, and the rest is reported in
    /// <see cref="CopyResult.TagsLeftOut"/>.
    /// </summary>
    /// <param name="content">What to copy.</param>
    /// <param name="destination">Where to; never the content itself.</param>
    /// <param name="tags">Tags that the copy gains, the most important first.</param>
    /// <param name="sha256">
    /// SHA-256 of the content in lower-case hexadecimal, where it was read whole: the copy is read back and compared
    /// when ETag and stored checksums cannot prove it equal.
    /// </param>
    Task<CopyResult> CopyAsync(
        ObjectIdentity content,
        ObjectLocation destination,
        IReadOnlyList<ObjectTag> tags,
        string? sha256,
        CancellationToken cancellationToken);

    /// <summary>
    /// Adds tags to exactly this content; the tags it has stay. In a bucket without versions the ETag is compared
    /// before and after, and tags that met a successor are taken back.
    /// </summary>
    /// <exception cref="TryAgainException">There is no room for the tags, or they cannot be read: nothing changed.</exception>
    Task<StepResult> TagAsync(
        ObjectIdentity content,
        IReadOnlyList<ObjectTag> tags,
        CancellationToken cancellationToken);
}

/// <summary>Where an object is, or shall be.</summary>
public sealed record ObjectLocation(string Bucket, string Key)
{
    /// <summary>The location as S3 tools write it.</summary>
    public override string ToString() => $"s3://{Bucket}/{Key}";
}

/// <summary>One tag of an object.</summary>
public sealed record ObjectTag(string Key, string Value);

/// <summary>How a step on exactly one content ended.</summary>
public enum StepResult
{
    /// <summary>Done.</summary>
    Done,

    /// <summary>The content was not there any more; nothing was done.</summary>
    Gone,

    /// <summary>Other content stands in its place; nothing was done to that.</summary>
    Superseded,
}

/// <summary>How a copy ended.</summary>
/// <param name="Result">
/// <see cref="StepResult.Done"/>: the copy is there, complete and verified. Otherwise what is not equal to the content
/// was taken back.
/// </param>
/// <param name="Copy">The copy, when done.</param>
/// <param name="TagsLeftOut">Keys of the tags that found no room.</param>
public sealed record CopyResult(StepResult Result, ObjectIdentity? Copy, IReadOnlyList<string> TagsLeftOut);

/// <summary>What came of opening an object.</summary>
public abstract record OpenResult
{
    private OpenResult()
    {
    }

    /// <summary>The content can be read.</summary>
    public sealed record Opened(ObjectContent Content) : OpenResult;

    /// <summary>No such object or version.</summary>
    public sealed record Gone : OpenResult;

    /// <summary>The object has another ETag than the one asked for.</summary>
    public sealed record Superseded : OpenResult;

    /// <summary>It cannot be read, and trying again will not change that: archived, or encrypted with a foreign key.</summary>
    /// <param name="Content">What is known of it without reading.</param>
    /// <param name="Reason">Why.</param>
    public sealed record Unreadable(ObjectIdentity Content, UnscannableReason Reason) : OpenResult;
}

/// <summary>One content, opened for reading. Disposing ends the transfer.</summary>
/// <param name="identity">What was opened.</param>
/// <param name="body">
/// Exactly <see cref="ObjectIdentity.Size"/> bytes, read once and forward; reads throw
/// <see cref="TryAgainException"/> when the rest cannot be had or is not the same content any more.
/// </param>
public sealed class ObjectContent(ObjectIdentity identity, Stream body) : IAsyncDisposable
{
    public ObjectIdentity Identity { get; } = identity;

    public Stream Body { get; } = body;

    public ValueTask DisposeAsync() => Body.DisposeAsync();
}
