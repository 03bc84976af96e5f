using System.Net;
using Amazon.S3;
using Amazon.S3.Model;
using ClamBucketFleet.Aws.Objects;
using ClamBucketFleet.Options;

namespace ClamBucketFleet.Aws.Definitions;

/// <summary>A small object as it was read.</summary>
/// <param name="Name">For people, escaped.</param>
/// <param name="Body">All of it.</param>
/// <param name="ETag">As the service writes it.</param>
/// <param name="Age">Since it was written, both by the service's clock.</param>
/// <param name="Now">By the service's clock.</param>
internal sealed record StoredText(string Name, byte[] Body, string ETag, TimeSpan Age, DateTimeOffset Now);

/// <summary>The mirror's keys, its failures, and the two small objects, which are only ever written by condition.</summary>
internal sealed class MirrorBucket(IAmazonS3 s3, Destination place, IAmazonS3 uploads)
{
    private const int MaxText = 1 << 20;

    private const string Read =
        "s3:GetObject on the mirror's objects, and s3:ListBucket on the bucket so that S3 tells a missing key from a "
        + "forbidden one";

    private const string Write = "s3:PutObject on the mirror's objects beside what reading takes: " + Read;

    private const string Remove = "s3:ListBucket on the bucket, and s3:DeleteObject on the mirror's objects";

    public IAmazonS3 S3 => s3;

    /// <summary>The same service, with more patience.</summary>
    public IAmazonS3 Uploads => uploads;

    public string Bucket { get; } = place.Bucket
        ?? throw new FatalConfigurationException("There is no mirror of the definitions: Definitions:Bucket is not set.");

    public string ManifestKey { get; } = place.Prefix + "manifest.json";

    public string LeaseKey { get; } = place.Prefix + "lease.json";

    public string FilesPrefix { get; } = place.Prefix + "files/";

    /// <summary>By content and name: what is there once never changes.</summary>
    public string FileKey(DefinitionsFile file) => $"{FilesPrefix}{file.Sha256}/{file.Name}";

    public string Name(string key) => SafeText.Escape($"s3://{Bucket}/{key}");

    public Task<T> ReadingAsync<T>(string key, Func<Task<T>> step, CancellationToken cancellationToken) =>
        GuardAsync($"Reading {Name(key)}", Read, step, cancellationToken);

    public Task<T> WritingAsync<T>(string key, Func<Task<T>> step, CancellationToken cancellationToken) =>
        GuardAsync($"Writing {Name(key)}", Write, step, cancellationToken);

    public Task<T> RemovingAsync<T>(Func<Task<T>> step, CancellationToken cancellationToken) =>
        GuardAsync($"Removing what is not needed below {Name(FilesPrefix)}", Remove, step, cancellationToken);

    /// <summary>The object, or null where there is none, and what time it is.</summary>
    public Task<(StoredText? Stored, DateTimeOffset Now)> ReadTextAsync(string key, CancellationToken cancellationToken) =>
        ReadingAsync(
            key,
            async () =>
            {
                try
                {
                    // A range, because the SDK takes the ETag of what is read without one for an MD5.
                    using var response = await s3.GetObjectAsync(
                        new GetObjectRequest { BucketName = Bucket, Key = key, ByteRange = new ByteRange("bytes=0-") },
                        cancellationToken).ConfigureAwait(false);
                    var stored = await ReadTextAsync(key, response, cancellationToken).ConfigureAwait(false);
                    return (stored, stored.Now);
                }
                catch (AmazonS3Exception e) when (e.IsGone())
                {
                    return ((StoredText?)null, ServiceClock.In(e) ?? throw NoClock(key));
                }
                catch (AmazonS3Exception e) when (e.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable)
                {
                    throw new TryAgainException($"{Name(key)} is empty. Remove it.", e);
                }
            },
            cancellationToken);

    /// <summary>Writes where the object still has this ETag, or where, for null, there is none.</summary>
    /// <param name="isOurs">
    /// Whether only this writer can have written what is there now: the SDK repeats a request whose answer got lost, and
    /// the repetition is refused by what the first one did.
    /// </param>
    /// <returns>The new ETag; null where somebody else was faster, and nothing was changed.</returns>
    public async Task<string?> WriteTextAsync(
        string key,
        byte[] body,
        string? etag,
        Func<StoredText, bool> isOurs,
        CancellationToken cancellationToken)
    {
        if (await PutTextAsync(key, body, etag, cancellationToken).ConfigureAwait(false) is { } written)
            return written;

        var (stored, _) = await ReadTextAsync(key, cancellationToken).ConfigureAwait(false);
        if (stored is null || !isOurs(stored))
            return null;
        return stored.Body.AsSpan().SequenceEqual(body)
            ? stored.ETag
            : await PutTextAsync(key, body, stored.ETag, cancellationToken).ConfigureAwait(false);
    }

    private Task<string?> PutTextAsync(string key, byte[] body, string? etag, CancellationToken cancellationToken) =>
        WritingAsync(
            key,
            async () =>
            {
                try
                {
                    var response = await s3.PutObjectAsync(
                        new PutObjectRequest
                        {
                            BucketName = Bucket,
                            Key = key,
                            InputStream = new MemoryStream(body),
                            ContentType = "application/json",
                            IfMatch = etag,
                            IfNoneMatch = etag is null ? "*" : null,
                        },
                        cancellationToken).ConfigureAwait(false);
                    return (string?)response.ETag;
                }
                catch (AmazonS3Exception e) when (
                    e.StatusCode is HttpStatusCode.PreconditionFailed or HttpStatusCode.Conflict || e.IsGone())
                {
                    return null;
                }
            },
            cancellationToken);

    private async Task<StoredText> ReadTextAsync(
        string key,
        GetObjectResponse response,
        CancellationToken cancellationToken)
    {
        if (response.ContentLength > MaxText)
            throw new TryAgainException($"{Name(key)} has {response.ContentLength} bytes, more than {MaxText}. Remove it.");

        var body = new byte[response.ContentLength];
        await response.ResponseStream.ReadExactlyAsync(body, cancellationToken).ConfigureAwait(false);
        var now = ServiceClock.In(response) ?? throw NoClock(key);
        var written = new DateTimeOffset(response.LastModified?.ToUniversalTime() ?? throw NoClock(key));
        return new StoredText(Name(key), body, response.ETag, now - written, now);
    }

    private TryAgainException NoClock(string key) =>
        new($"Reading {Name(key)}: the answer does not say what time it is (Date, Last-Modified). Is this S3?");

    private static async Task<T> GuardAsync<T>(
        string doing,
        string needs,
        Func<Task<T>> step,
        CancellationToken cancellationToken)
    {
        try
        {
            return await S3Failures.GuardAsync(doing, needs, step, cancellationToken).ConfigureAwait(false);
        }
        catch (NotFoundException e)
        {
            throw new FatalConfigurationException($"{e.Message} Check Definitions:Bucket, its account and its region.", e);
        }
    }
}
