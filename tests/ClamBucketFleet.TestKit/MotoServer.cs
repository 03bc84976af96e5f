using System.Globalization;
using System.Xml.Linq;
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

    // Port 0: the system chooses, so that no other program can be faster; moto says which it was.
    private static readonly string[] OnFreePort = ["-H", "127.0.0.1", "-p", "0"];

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

    public static Task<MotoServer> StartAsync(CancellationToken cancellationToken)
        => StartAsync(new Command(Command.Require("moto_server"), OnFreePort), cancellationToken);

    /// <summary>
    /// moto with what it lacks for stacks: resources that it would skip, parameters and rules that it would not check,
    /// lifecycle hooks that hold an instance. What that is: <c>tests/aws/whole</c>.
    /// </summary>
    public static Task<MotoServer> StartWholeAsync(CancellationToken cancellationToken)
        => StartAsync(WholeCommand(OnFreePort), cancellationToken);

    /// <summary>The same, not started, for who wants it elsewhere; the arguments are moto_server's.</summary>
    public static Command WholeCommand(params string[] arguments) => Python("moto_whole.py", arguments);

    /// <summary>A script of <c>tests/aws</c>, by the Python that has moto.</summary>
    public static Command Python(string script, params string[] arguments)
    {
        // Where moto's own script is, there is mostly the Python that has moto; a script of the user's has the system's.
        var beside = Path.Combine(Path.GetDirectoryName(Command.Require("moto_server"))!, "python3");
        var python = File.Exists(beside) ? beside : Command.Require("python3");
        return new Command(python, [Repository.Combine("tests", "aws", script), .. arguments]);
    }

    private static async Task<MotoServer> StartAsync(Command command, CancellationToken cancellationToken)
    {
        var process = (command with
        {
            Environment = new Dictionary<string, string?> { ["PYTHONUNBUFFERED"] = "1" },
        }).Start();
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

    /// <summary>A new IAM user who may do what the policy says, for when policies are enforced.</summary>
    public async Task<AWSCredentials> CreateUserAsync(string policy, CancellationToken cancellationToken)
    {
        var name = $"u{Guid.NewGuid():N}";
        await IamAsync(cancellationToken, ("Action", "CreateUser"), ("UserName", name));
        await IamAsync(
            cancellationToken,
            ("Action", "PutUserPolicy"), ("UserName", name), ("PolicyName", "p"), ("PolicyDocument", policy));
        var key = await IamAsync(cancellationToken, ("Action", "CreateAccessKey"), ("UserName", name));
        return new BasicAWSCredentials(Value("AccessKeyId"), Value("SecretAccessKey"));

        string Value(string element) => key.Descendants().First(e => e.Name.LocalName == element).Value;
    }

    public ValueTask DisposeAsync() => _process.DisposeAsync();

    private async Task PostAsync(string path, HttpContent? content, CancellationToken cancellationToken)
    {
        using (content)
        {
            using var answer = await Http.PostAsync(new Uri(Endpoint, path), content, cancellationToken);
            answer.EnsureSuccessStatusCode();
        }
    }

    private async Task<XElement> IamAsync(CancellationToken cancellationToken, params (string Name, string Value)[] form)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Endpoint);
        request.Headers.TryAddWithoutValidation(
            "Authorization",
            $"AWS4-HMAC-SHA256 Credential={Credential}/20260101/{Region}/iam/aws4_request, SignedHeaders=host, Signature=0");
        request.Content = new FormUrlEncodedContent(form.ToDictionary(pair => pair.Name, pair => pair.Value));
        using var answer = await Http.SendAsync(request, cancellationToken);
        answer.EnsureSuccessStatusCode();
        return XElement.Parse(await answer.Content.ReadAsStringAsync(cancellationToken));
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
