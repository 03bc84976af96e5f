using System.Globalization;
using System.Xml.Linq;
using Amazon.S3;
using Amazon.S3.Model;
using Amazon.SQS;
using Amazon.SQS.Model;
using ClamBucketFleet.Aws;
using ClamBucketFleet.TestKit;
using Shouldly;

namespace ClamBucketFleet.Daemon.Tests.Cli;

/// <summary>Buckets, queues and topics of one test's own, on a server that others may share.</summary>
internal sealed class AwsStage(MotoServer moto) : IDisposable
{
    private static readonly HttpClient Http = new();

    /// <summary>The program's own kind of client: the SDK's loses the slash that a key begins with.</summary>
    public AmazonS3Client S3 { get; } = new S3Client(MotoServer.Credentials, new AmazonS3Config
    {
        ServiceURL = moto.Endpoint.ToString(),
        AuthenticationRegion = "eu-west-1",
        ForcePathStyle = true,
    });

    public AmazonSQSClient Sqs { get; } = new(
        MotoServer.Credentials,
        new AmazonSQSConfig { ServiceURL = moto.Endpoint.ToString(), AuthenticationRegion = "eu-west-1" });

    public static string Unique() => $"n{Guid.NewGuid():N}";

    private static CancellationToken Cancellation => Stage.Cancellation;

    public async Task<string> CreateBucketAsync(bool versioned = false)
    {
        var name = Unique();
        await moto.CreateBucketAsync(name, versioned, Cancellation);
        return name;
    }

    /// <returns>The version that was written, where the bucket has versions.</returns>
    public async Task<string?> PutAsync(string bucket, string key, byte[] content)
    {
        var request = new PutObjectRequest
        {
            BucketName = bucket,
            Key = key,
            InputStream = new MemoryStream(content),
        };
        return (await S3.PutObjectAsync(request, Cancellation)).VersionId;
    }

    public async Task<IReadOnlyList<string>> KeysAsync(string bucket) =>
        [.. ((await S3.ListObjectsV2Async(new ListObjectsV2Request { BucketName = bucket }, Cancellation)).S3Objects ?? [])
            .Select(found => found.Key)];

    /// <summary>A queue whose messages go to <see cref="QueuePair.DeadLetterUrl"/> after two deliveries.</summary>
    public async Task<QueuePair> CreateQueueAsync()
    {
        var dead = await CreatePlainQueueAsync();
        var arn = $"arn:aws:sqs:eu-west-1:123456789012:{dead.Split('/')[^1]}";
        var policy = $$"""{"deadLetterTargetArn":"{{arn}}","maxReceiveCount":"2"}""";
        var url = await CreatePlainQueueAsync(("Attribute.1.Name", "RedrivePolicy"), ("Attribute.1.Value", policy));
        return new QueuePair(url, dead);
    }

    public Task<string> CreatePlainQueueAsync(params (string, string)[] more) =>
        CallAsync("sqs", "QueueUrl", [("Action", "CreateQueue"), ("QueueName", Unique()), .. more]);

    public Task DeleteQueueAsync(string url) =>
        CallAsync("sqs", "ResponseMetadata", ("Action", "DeleteQueue"), ("QueueUrl", url));

    /// <summary>A topic and a queue that is subscribed to it.</summary>
    public async Task<(string TopicArn, string QueueUrl)> CreateTopicAsync()
    {
        var topic = await CallAsync("sns", "TopicArn", ("Action", "CreateTopic"), ("Name", Unique()));
        var queue = await CreatePlainQueueAsync();
        await CallAsync("sns", "SubscriptionArn", ("Action", "Subscribe"), ("TopicArn", topic), ("Protocol", "sqs"),
            ("Endpoint", $"arn:aws:sqs:eu-west-1:123456789012:{queue.Split('/')[^1]}"));
        return (topic, queue);
    }

    public Task SendAsync(string queue, string body) =>
        Sqs.SendMessageAsync(new SendMessageRequest { QueueUrl = queue, MessageBody = body }, Cancellation);

    /// <summary>Takes a message out, if there is one.</summary>
    public async Task<string?> TakeAsync(string queue)
    {
        var request = new ReceiveMessageRequest { QueueUrl = queue, MaxNumberOfMessages = 1, WaitTimeSeconds = 0 };
        var received = (await Sqs.ReceiveMessageAsync(request, Cancellation)).Messages;
        return received is [var message, ..] ? message.Body : null;
    }

    /// <summary>Messages on the queue, waiting or in flight.</summary>
    public async Task<int> DepthAsync(string queue)
    {
        var request = new GetQueueAttributesRequest { QueueUrl = queue, AttributeNames = ["All"] };
        var attributes = (await Sqs.GetQueueAttributesAsync(request, Cancellation)).Attributes!;
        return Number("ApproximateNumberOfMessages") + Number("ApproximateNumberOfMessagesNotVisible")
            + Number("ApproximateNumberOfMessagesDelayed");

        int Number(string name) => int.Parse(attributes[name], CultureInfo.InvariantCulture);
    }

    /// <summary>Calls what no client here has; gives the first element of that name in the answer.</summary>
    public async Task<string> CallAsync(string service, string element, params (string Name, string Value)[] form) =>
        Value(await AskAsync(service, form), element);

    /// <summary>An IAM user who may do what the policy says, for when the server enforces it.</summary>
    public async Task<IReadOnlyDictionary<string, string>> CreateUserAsync(string policy)
    {
        var user = await (await moto.CreateUserAsync(policy, Cancellation)).GetCredentialsAsync();
        return new Dictionary<string, string>
        {
            ["AWS_ACCESS_KEY_ID"] = user.AccessKey,
            ["AWS_SECRET_ACCESS_KEY"] = user.SecretKey,
        };
    }

    private static string Value(XElement answer, string element) =>
        answer.DescendantsAndSelf().First(e => e.Name.LocalName == element).Value;

    /// <summary>The same; gives the whole answer.</summary>
    public async Task<XElement> AskAsync(string service, params (string Name, string Value)[] form)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, moto.Endpoint);
        request.Headers.TryAddWithoutValidation(
            "Authorization",
            $"AWS4-HMAC-SHA256 Credential=test/20260101/eu-west-1/{service}/aws4_request, SignedHeaders=host, Signature=0");
        request.Content = new FormUrlEncodedContent(form.ToDictionary(pair => pair.Name, pair => pair.Value));
        using var response = await Http.SendAsync(request, Cancellation);
        var body = await response.Content.ReadAsStringAsync(Cancellation);
        response.IsSuccessStatusCode.ShouldBeTrue(body);
        return XElement.Parse(body);
    }

    public void Dispose()
    {
        S3.Dispose();
        Sqs.Dispose();
    }
}

/// <summary>A scan queue and where its messages end.</summary>
internal sealed record QueuePair(string Url, string DeadLetterUrl);
