using System.Globalization;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;

namespace ClamBucketFleet.TestKit;

/// <summary>AWS on a loopback port: moto's server, with S3, SQS, SNS and the rest in one process.</summary>
public sealed class MotoServer : IAsyncDisposable
{
    private const string Region = "eu-west-1";
    private const string Credential = "test";

    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);
    private static readonly HttpClient Http = new();

    private readonly ChildProcess _process;

    private MotoServer(ChildProcess process, Uri endpoint)
    {
        _process = process;
        Endpoint = endpoint;
    }

    public Uri Endpoint { get; }

    /// <summary>What leads a program with any AWS SDK here.</summary>
    public IReadOnlyDictionary<string, string> EnvironmentVariables => new Dictionary<string, string>
    {
        ["AWS_ENDPOINT_URL"] = Endpoint.ToString(),
        ["AWS_ACCESS_KEY_ID"] = Credential,
        ["AWS_SECRET_ACCESS_KEY"] = Credential,
        ["AWS_REGION"] = Region,
        ["AWS_DEFAULT_REGION"] = Region,
        ["AWS_EC2_METADATA_DISABLED"] = "true",
    };

    public static async Task<MotoServer> StartAsync(CancellationToken cancellationToken)
    {
        // Port 0: the system chooses, so that no other program can be faster; moto says which it was.
        var process = new Command(Command.Require("moto_server"), "-H", "127.0.0.1", "-p", "0")
        {
            Environment = new Dictionary<string, string?> { ["PYTHONUNBUFFERED"] = "1" },
        }.Start();
        try
        {
            const string Announcement = "Running on http://";
            var line = await process.WaitForLineAsync(Announcement, StartLimit, cancellationToken);
            var moto = new MotoServer(process, new Uri(line[line.IndexOf("http://", StringComparison.Ordinal)..].Trim()));
            await Eventually.UntilAsync(moto.AnswersAsync, StartLimit, cancellationToken);
            return moto;
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    public AmazonS3Client CreateS3Client() => new(Credentials, new AmazonS3Config
    {
        ServiceURL = Endpoint.ToString(),
        AuthenticationRegion = Region,
        ForcePathStyle = true,
    });

    /// <summary>A bucket in the server's region, which S3 wants to be told outside us-east-1.</summary>
    public async Task CreateBucketAsync(string name, bool versioned, CancellationToken cancellationToken)
    {
        using var s3 = CreateS3Client();
        await s3.PutBucketAsync(new PutBucketRequest
        {
            BucketName = name,
            PutBucketConfiguration = new PutBucketConfiguration { LocationConstraint = Region },
        }, cancellationToken);
        if (!versioned) return;

        await s3.PutBucketVersioningAsync(new PutBucketVersioningRequest
        {
            BucketName = name,
            VersioningConfig = new S3BucketVersioningConfig { Status = VersionStatus.Enabled },
        }, cancellationToken);
    }

    /// <summary>For clients of the other services; their configuration needs <see cref="Endpoint"/> and a region.</summary>
    public static AWSCredentials Credentials => new BasicAWSCredentials(Credential, Credential);

    /// <summary>Forgets every bucket, queue and topic.</summary>
    public Task ResetAsync(CancellationToken cancellationToken) => PostAsync("moto-api/reset", null, cancellationToken);

    /// <summary>From the given request on, IAM policies are enforced (0: from the next one).</summary>
    public Task EnforcePoliciesAsync(int afterRequests, CancellationToken cancellationToken)
        => PostAsync(
            "moto-api/reset-auth",
            new StringContent(afterRequests.ToString(CultureInfo.InvariantCulture)),
            cancellationToken);

    public ValueTask DisposeAsync() => _process.DisposeAsync();

    private async Task PostAsync(string path, HttpContent? content, CancellationToken cancellationToken)
    {
        using (content)
        {
            using var answer = await Http.PostAsync(new Uri(Endpoint, path), content, cancellationToken);
            answer.EnsureSuccessStatusCode();
        }
    }

    private async Task<bool> AnswersAsync(CancellationToken cancellationToken)
    {
        try
        {
            using var answer = await Http.GetAsync(new Uri(Endpoint, "moto-api/"), cancellationToken);
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
