using System.Collections.Concurrent;

namespace ClamBucketFleet.Core.Tests.Fakes;

/// <summary>Every object is there with the same content, unless the test says otherwise.</summary>
internal sealed class FakeStore(ConcurrentQueue<string> journal) : IObjectStore
{
    public Func<ObjectRef, OpenResult> OnOpen { get; set; } = reference => Open(reference, Some.Content);

    public Func<ObjectIdentity, StepResult> OnDelete { get; set; } = _ => StepResult.Done;

    public Func<ObjectIdentity, ObjectLocation, CopyResult> OnCopy { get; set; } = (content, to) =>
        new CopyResult(StepResult.Done, content with { Bucket = to.Bucket, Key = to.Key, VersionId = null }, []);

    public Func<ObjectIdentity, StepResult> OnTag { get; set; } = _ => StepResult.Done;

    public ConcurrentQueue<(ObjectLocation Destination, IReadOnlyList<ObjectTag> Tags, string? Sha256)> Copies { get; } = [];

    public ConcurrentQueue<IReadOnlyList<ObjectTag>> Tags { get; } = [];

    public static OpenResult.Opened Open(ObjectRef reference, byte[] content, long? size = null, Stream? body = null) => new(
        new ObjectContent(
            new ObjectIdentity(reference.Bucket, reference.Key, reference.VersionId, Some.ETag, size ?? content.Length),
            body ?? new MemoryStream(content)));

    public Task<OpenResult> OpenAsync(ObjectRef reference, CancellationToken cancellationToken)
    {
        journal.Enqueue($"open {reference.Bucket}/{reference.Key}");
        return Task.FromResult(OnOpen(reference));
    }

    public Task<StepResult> DeleteAsync(ObjectIdentity content, CancellationToken cancellationToken)
    {
        journal.Enqueue($"delete {content.Bucket}/{content.Key}");
        return Task.FromResult(OnDelete(content));
    }

    public Task<CopyResult> CopyAsync(
        ObjectIdentity content,
        ObjectLocation destination,
        IReadOnlyList<ObjectTag> tags,
        string? sha256,
        CancellationToken cancellationToken)
    {
        journal.Enqueue($"copy to {destination}");
        Copies.Enqueue((destination, tags, sha256));
        return Task.FromResult(OnCopy(content, destination));
    }

    public Task<StepResult> TagAsync(
        ObjectIdentity content, IReadOnlyList<ObjectTag> tags, CancellationToken cancellationToken)
    {
        journal.Enqueue($"tag {content.Bucket}/{content.Key}");
        Tags.Enqueue(tags);
        return Task.FromResult(OnTag(content));
    }
}
