using System.Text;
using Amazon.S3;
using Amazon.S3.Model;
using ClamBucketFleet.Aws.Objects;
using ClamBucketFleet.TestKit;
using Xunit;

namespace ClamBucketFleet.Aws.Tests.Objects;

/// <summary>Two buckets of one test, the store under test, and a client beside it to set up and look.</summary>
internal sealed class S3Bench : IDisposable
{
    private readonly S3Client _hooked;

    private S3Bench(MotoServer moto, S3Limits? limits)
    {
        S3 = new S3Client(MotoServer.Credentials, Config(moto, null));
        _hooked = new S3Client(MotoServer.Credentials, Config(moto, new RequestHook.Factory(Hook)));
        Store = new S3ObjectStore(_hooked, new ImpatientTime(), limits);
    }

    public string Bucket { get; } = $"in-{Guid.NewGuid():N}";

    public string Other { get; } = $"out-{Guid.NewGuid():N}";

    public S3Client S3 { get; }

    public RequestHook Hook { get; } = new();

    public S3ObjectStore Store { get; }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static async Task<S3Bench> CreateAsync(MotoFixture moto, bool versioned = false, S3Limits? limits = null)
    {
        var bench = new S3Bench(moto.Server, limits);
        await moto.Server.CreateBucketAsync(bench.Bucket, versioned, Cancel);
        await moto.Server.CreateBucketAsync(bench.Other, versioned, Cancel);
        return bench;
    }

    public Task<ObjectIdentity> PutAsync(string key, string content, Action<PutObjectRequest>? more = null) =>
        PutAsync(key, Encoding.UTF8.GetBytes(content), more);

    public async Task<ObjectIdentity> PutAsync(string key, byte[] content, Action<PutObjectRequest>? more = null)
    {
        var request = new PutObjectRequest
        {
            BucketName = Bucket,
            Key = key,
            InputStream = new MemoryStream(content),
        };
        more?.Invoke(request);
        var response = await S3.PutObjectAsync(request, Cancel);
        return new ObjectIdentity(Bucket, key, response.VersionId, response.ETag.Trim('"'), content.Length);
    }

    public async Task<ObjectIdentity> PutInPartsAsync(string key, byte[] content, int partSize)
    {
        var upload = await S3.InitiateMultipartUploadAsync(
            new InitiateMultipartUploadRequest { BucketName = Bucket, Key = key }, Cancel);
        var parts = new List<PartETag>();
        foreach (var part in content.Chunk(partSize))
        {
            var answer = await S3.UploadPartAsync(
                new UploadPartRequest
                {
                    BucketName = Bucket,
                    Key = key,
                    UploadId = upload.UploadId,
                    PartNumber = parts.Count + 1,
                    InputStream = new MemoryStream(part),
                },
                Cancel);
            parts.Add(new PartETag(parts.Count + 1, answer.ETag));
        }

        var done = await S3.CompleteMultipartUploadAsync(
            new CompleteMultipartUploadRequest
            {
                BucketName = Bucket,
                Key = key,
                UploadId = upload.UploadId,
                PartETags = parts,
            },
            Cancel);
        return new ObjectIdentity(Bucket, key, done.VersionId, done.ETag.Trim('"'), content.Length);
    }

    public Task VersioningAsync(VersionStatus status) => S3.PutBucketVersioningAsync(
        new PutBucketVersioningRequest
        {
            BucketName = Bucket,
            VersioningConfig = new S3BucketVersioningConfig { Status = status },
        },
        Cancel);

    /// <summary>The content as text; null where there is none.</summary>
    public async Task<string?> ReadAsync(string bucket, string key, string? versionId = null)
    {
        try
        {
            using var response = await S3.GetObjectAsync(
                new GetObjectRequest { BucketName = bucket, Key = key, VersionId = versionId }, Cancel);
            using var reader = new StreamReader(response.ResponseStream);
            return await reader.ReadToEndAsync(Cancel);
        }
        catch (AmazonS3Exception e) when (e.StatusCode == System.Net.HttpStatusCode.NotFound)
        {
            return null;
        }
    }

    /// <summary>Tags as <c>key=value</c>, sorted.</summary>
    public async Task<string[]> TagsAsync(string bucket, string key, string? versionId = null)
    {
        var response = await S3.GetObjectTaggingAsync(
            new GetObjectTaggingRequest { BucketName = bucket, Key = key, VersionId = versionId }, Cancel);
        return [.. (response.Tagging ?? []).Select(tag => $"{tag.Key}={tag.Value}").Order(StringComparer.Ordinal)];
    }

    public async Task<List<S3ObjectVersion>> VersionsAsync(string bucket) =>
        (await S3.ListVersionsAsync(new ListVersionsRequest { BucketName = bucket }, Cancel)).Versions ?? [];

    public void Dispose()
    {
        _hooked.Dispose();
        S3.Dispose();
        Hook.Dispose();
    }

    private static AmazonS3Config Config(MotoServer moto, RequestHook.Factory? http) => new()
    {
        ServiceURL = moto.Endpoint.ToString(),
        AuthenticationRegion = "eu-west-1",
        ForcePathStyle = true,
        HttpClientFactory = http,
    };
}
