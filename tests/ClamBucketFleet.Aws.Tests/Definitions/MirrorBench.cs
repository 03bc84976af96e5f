using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using ClamBucketFleet.Aws.Definitions;
using ClamBucketFleet.Options;
using ClamBucketFleet.TestKit;
using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;
using Xunit;

namespace ClamBucketFleet.Aws.Tests.Definitions;

/// <summary>One instance of the fleet: its mirror, its network, its clock.</summary>
internal sealed record Instance(S3DefinitionsMirror Mirror, MirrorNetwork Network, ManualTimeProvider Clock)
{
    public async Task<IMirrorLease> LeaseAsync() =>
        (await Mirror.TryLeaseAsync("tests", TestContext.Current.CancellationToken)).ShouldNotBeNull();

    /// <summary>Lets the instance's time pass until something holds.</summary>
    public Task PassUntilAsync(Func<CancellationToken, Task<bool>> condition) => Eventually.UntilAsync(
        async cancel =>
        {
            if (await condition(cancel))
                return true;
            Clock.Advance(TimeSpan.FromSeconds(1));
            return false;
        },
        TimeSpan.FromSeconds(50),
        TestContext.Current.CancellationToken);
}

/// <summary>The mirror of one test, instances that use it, and a client beside them to set up and look.</summary>
internal sealed class MirrorBench : IDisposable
{
    public const string Prefix = "mirror/";

    private readonly MotoServer _moto;
    private readonly TemporaryDirectory _files = new();
    private readonly List<IDisposable> _owned = [];

    private MirrorBench(MotoServer moto)
    {
        _moto = moto;
        S3 = moto.CreateS3Client();
    }

    public string Bucket { get; } = $"mirror-{Guid.NewGuid():N}";

    public AmazonS3Client S3 { get; }

    public MirrorService Service { get; } = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static Task<MirrorBench> CreateAsync(MotoFixture moto, bool versioned = false) =>
        CreateAsync(moto.Server, versioned);

    public static async Task<MirrorBench> CreateAsync(MotoServer moto, bool versioned = false)
    {
        var bench = new MirrorBench(moto);
        await moto.CreateBucketAsync(bench.Bucket, versioned, Cancel);
        return bench;
    }

    public Instance NewInstance(
        string? bucket = null,
        MirrorTimes? times = null,
        int retries = 0,
        AWSCredentials? credentials = null,
        MirrorNetwork? uploads = null)
    {
        var network = new MirrorNetwork(Service);
        var clock = new ManualTimeProvider();
        var s3 = NewClient(network, retries, credentials);
        var mirror = new S3DefinitionsMirror(
            s3,
            new Destination(bucket ?? Bucket, Prefix),
            NullLogger<S3DefinitionsMirror>.Instance,
            clock,
            times,
            uploads is null ? null : NewClient(uploads, retries, credentials));
        return new Instance(mirror, network, clock);
    }

    private S3Client NewClient(MirrorNetwork network, int retries, AWSCredentials? credentials)
    {
        var s3 = new S3Client(credentials ?? MotoServer.Credentials, new AmazonS3Config
        {
            ServiceURL = _moto.Endpoint.ToString(),
            AuthenticationRegion = "eu-west-1",
            ForcePathStyle = true,
            MaxErrorRetry = retries,
            ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED,
            HttpClientFactory = new MirrorNetwork.Factory(network),
        });
        lock (_owned)
            _owned.AddRange([s3, network]);
        return s3;
    }

    /// <summary>Where a test's files are and go.</summary>
    public string PathOf(DefinitionsFile file) => _files.Combine(file.Sha256, file.Name);

    public string NewPath(string name) => Path.Combine(_files.CreateDirectory($"{Guid.NewGuid():N}"), name);

    public DefinitionsFile File(string name, string content)
    {
        var bytes = Encoding.UTF8.GetBytes(content);
        var sha256 = Convert.ToHexStringLower(SHA256.HashData(bytes));
        _files.Write(Path.Combine(sha256, name), bytes);
        return new DefinitionsFile(name, bytes.Length, sha256, new DateTimeOffset(2024, 3, 4, 5, 6, 7, 89, TimeSpan.Zero));
    }

    public static DefinitionsManifest Manifest(string version, params DefinitionsFile[] files) => new(
        new DateTimeOffset(2024, 5, 6, 7, 8, 9, TimeSpan.Zero),
        version,
        new DateTimeOffset(2024, 5, 6, 0, 0, 0, TimeSpan.Zero),
        files);

    /// <summary>Takes the lease, publishes, gives it back.</summary>
    public async Task PublishAsync(Instance instance, DefinitionsManifest manifest)
    {
        await using var lease = await instance.LeaseAsync();
        await lease.PublishAsync(manifest, PathOf, Cancel);
    }

    public Task PutAsync(string key, string content) => S3.PutObjectAsync(
        new PutObjectRequest { BucketName = Bucket, Key = Prefix + key, ContentBody = content }, Cancel);

    public async Task<JsonNode> JsonAsync(string key)
    {
        using var response = await S3.GetObjectAsync(Bucket, Prefix + key, Cancel);
        return (await JsonNode.ParseAsync(response.ResponseStream, cancellationToken: Cancel))!;
    }

    /// <summary>The version that is published.</summary>
    public async Task<string> VersionAsync() => (string)(await JsonAsync("manifest.json"))["version"]!;

    /// <summary>Keys below <c>files/</c>, without their hashes.</summary>
    public async Task<string[]> FilesAsync()
    {
        var list = await S3.ListObjectsV2Async(
            new ListObjectsV2Request { BucketName = Bucket, Prefix = Prefix + "files/" }, Cancel);
        return [.. (list.S3Objects ?? []).Select(found => found.Key.Split('/')[^1]).Order(StringComparer.Ordinal)];
    }

    public void Dispose()
    {
        lock (_owned)
            _owned.ForEach(owned => owned.Dispose());
        S3.Dispose();
        _files.Dispose();
    }
}
