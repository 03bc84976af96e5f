using System.Globalization;
using Amazon.S3;
using Amazon.S3.Model;
using Amazon.SQS;
using Amazon.SQS.Model;
using ClamBucketFleet.TestKit;

namespace ClamBucketFleet.Daemon.Tests.Run;

/// <summary>
/// A world of a test's own within the shared moto: a scan queue with its dead-letter queue, a topic with a subscriber,
/// buckets that are connected to the queue, and daemons that work on it.
/// </summary>
internal sealed class Scene : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly TemporaryDirectory _directory = new();
    private readonly List<RunningDaemon> _daemons = [];
    private readonly List<ReceivedAlert> _alerts = [];
    private readonly CancellationToken _cancellation;
    private readonly MotoServer _moto;
    private readonly string _name = $"s{Guid.NewGuid():N}"[..12];
    private readonly AmazonSQSClient _sqs;
    private int _buckets;

    private Scene(MotoServer moto, ClamdServer clamd, CancellationToken cancellationToken)
    {
        (_moto, Clamd, _cancellation) = (moto, clamd, cancellationToken);
        Query = new MotoQuery(moto);
        S3 = moto.CreateS3Client();
        _sqs = new AmazonSQSClient(
            MotoServer.Credentials,
            new AmazonSQSConfig { ServiceURL = moto.Endpoint.ToString(), AuthenticationRegion = "eu-west-1" });
    }

    public ClamdServer Clamd { get; }

    public AmazonS3Client S3 { get; }

    public MotoQuery Query { get; }

    public string QueueUrl { get; private set; } = "";

    public string DeadLetterUrl { get; private set; } = "";

    public string SubscriberUrl { get; private set; } = "";

    public string Topic { get; private set; } = "";

    /// <summary>Every alert that the subscriber got so far.</summary>
    public IReadOnlyList<ReceivedAlert> Alerts => _alerts;

    public static async Task<Scene> CreateAsync(
        MotoServer moto, ClamdServer clamd, CancellationToken cancellationToken, int maxReceiveCount = 5)
    {
        var scene = new Scene(moto, clamd, cancellationToken);
        scene.DeadLetterUrl = await scene.CreateQueueAsync("dead");
        scene.QueueUrl = await scene.Query.CreateQueueAsync(
            $"{scene._name}-scan",
            cancellationToken,
            $$"""{"deadLetterTargetArn":"{{Arn(scene.DeadLetterUrl)}}","maxReceiveCount":"{{maxReceiveCount}}"}""");
        scene.Topic = await scene.Query.CreateTopicAsync($"{scene._name}-topic", cancellationToken);
        scene.SubscriberUrl = await scene.CreateQueueAsync("subscriber");
        await scene.Query.SubscribeAsync(
            scene.Topic, Arn(scene.SubscriberUrl), cancellationToken, ("RawMessageDelivery", "true"));
        return scene;
    }

    /// <summary>moto's queues are all of one account and region.</summary>
    public static string Arn(string queueUrl) => $"arn:aws:sqs:eu-west-1:123456789012:{queueUrl.Split('/')[^1]}";

    public Task<string> CreateQueueAsync(string what) => Query.CreateQueueAsync($"{_name}-{what}", _cancellation);

    /// <summary>A path in a directory of the scene's own.</summary>
    public string PathOf(string name) => _directory.Combine(name);

    /// <summary>A new bucket; connected, its events go to the scan queue.</summary>
    public async Task<string> BucketAsync(bool versioned = false, bool connected = true)
    {
        var bucket = $"{_name}-{++_buckets}";
        await _moto.CreateBucketAsync(bucket, versioned, _cancellation);
        if (connected)
        {
            await S3.PutBucketNotificationAsync(new PutBucketNotificationRequest
            {
                BucketName = bucket,
                QueueConfigurations =
                    [new QueueConfiguration { Queue = Arn(QueueUrl), Events = [EventType.ObjectCreatedAll] }],
            }, _cancellation);
        }
        return bucket;
    }

    /// <summary>Stores an object; gives its version and its ETag without quotes.</summary>
    public async Task<(string? VersionId, string ETag)> PutAsync(
        string bucket, string key, byte[] content, Action<PutObjectRequest>? more = null)
    {
        var request = new PutObjectRequest
        {
            BucketName = bucket,
            Key = key,
            InputStream = new MemoryStream(content),
            UseChunkEncoding = false,
        };
        more?.Invoke(request);
        var response = await S3.PutObjectAsync(request, _cancellation);
        return (response.VersionId, response.ETag.Trim('"'));
    }

    /// <summary>An object's content; null where it is gone.</summary>
    public async Task<byte[]?> ReadAsync(string bucket, string key, string? versionId = null)
    {
        try
        {
            using var response = await S3.GetObjectAsync(
                new GetObjectRequest { BucketName = bucket, Key = key, VersionId = versionId }, _cancellation);
            using var content = new MemoryStream();
            await response.ResponseStream.CopyToAsync(content, _cancellation);
            return content.ToArray();
        }
        catch (AmazonS3Exception e) when (e.StatusCode == System.Net.HttpStatusCode.NotFound)
        {
            return null;
        }
    }

    public async Task<Dictionary<string, string>> TagsAsync(string bucket, string key, string? versionId = null)
    {
        var response = await S3.GetObjectTaggingAsync(
            new GetObjectTaggingRequest { BucketName = bucket, Key = key, VersionId = versionId }, _cancellation);
        return (response.Tagging ?? []).ToDictionary(tag => tag.Key, tag => tag.Value);
    }

    public Task SendAsync(string body)
        => _sqs.SendMessageAsync(new SendMessageRequest { QueueUrl = QueueUrl, MessageBody = body }, _cancellation);

    public Task RequestAsync(string bucket, string key)
        => SendAsync($$"""{"bucket":"{{bucket}}","key":"{{key}}"}""");

    /// <summary>Starts a daemon on the scene; settings such as <c>("Infected:Action", "tag")</c>.</summary>
    public RunningDaemon Start(params (string Key, string Value)[] settings) => Start([], null, settings);

    /// <summary>Starts a daemon on the scene in its own way.</summary>
    /// <param name="arguments">What follows <c>run</c>.</param>
    /// <param name="environment">Variables beyond those that lead to moto.</param>
    /// <param name="settings">In place of the scene's own or beside them.</param>
    public RunningDaemon Start(
        string[] arguments, Dictionary<string, string>? environment, params (string Key, string Value)[] settings)
    {
        var directory = _directory.CreateDirectory($"daemon{_daemons.Count}");
        var all = new Dictionary<string, string>
        {
            ["Queue:Url"] = QueueUrl,
            ["Queue:WaitTime"] = "1s",
            ["Scan:Engine"] = "clamd",
            ["Scan:ClamdAddress"] = Clamd.Address,
            ["Scan:DatabaseDirectory"] = Clamd.DatabaseDirectory,
            ["Scan:SpoolDirectory"] = Path.Combine(directory, "spool"),
            ["Alerts:TopicArn"] = Topic,
            ["Alerts:Publish"] = "all",
            ["Log:Directory"] = Path.Combine(directory, "log"),
        };
        foreach (var (key, value) in settings) all[key] = value;
        var variables = new Dictionary<string, string>(_moto.EnvironmentVariables);
        foreach (var (name, value) in environment ?? []) variables[name] = value;
        foreach (var (key, value) in all.Select(setting => Executable.Setting(setting.Key, setting.Value)))
            variables[key] = value;

        var daemon = new RunningDaemon(Executable.Find().Start(variables, ["run", .. arguments]));
        _daemons.Add(daemon);
        return daemon;
    }

    /// <summary>Waits until the alerts so far are what is waited for; takes them from the subscriber's queue.</summary>
    public Task AlertedAsync(Func<IReadOnlyList<ReceivedAlert>, bool> enough) => Until(async () =>
    {
        foreach (var message in await TakeAsync(SubscriberUrl)) _alerts.Add(ReceivedAlert.Parse(message.Body));
        return enough(_alerts);
    }, () => $"the alerts are\n{string.Join('\n', _alerts)}\n{Logs()}");

    /// <summary>The first alert on the key that has come or comes, of the status where one is named.</summary>
    public async Task<ReceivedAlert> AlertOnAsync(string key, string? status = null)
    {
        bool Fits(ReceivedAlert alert) => alert.Key == key && (status is null || alert.Status == status);
        await AlertedAsync(alerts => alerts.Any(Fits));
        return _alerts.First(Fits);
    }

    /// <summary>Waits until everything on the scan queue is done, whether or not a message has come yet.</summary>
    public async Task WorkedOffAsync()
    {
        await Until(async () => await DepthsAsync(QueueUrl) == (0, 0), () => $"the queue is not empty\n{Logs()}");
        await AlertedAsync(_ => true);
    }

    /// <summary>Messages that can be received, and messages that somebody has.</summary>
    public async Task<(int Waiting, int InFlight)> DepthsAsync(string queueUrl)
    {
        // moto counts one after the other: a message that comes back in between is in neither number.
        var depths = await CountAsync(queueUrl);
        return depths == (0, 0) ? await CountAsync(queueUrl) : depths;
    }

    public Task<(int Waiting, int InFlight)> DepthsAsync() => DepthsAsync(QueueUrl);

    public Task DepthsBecomeAsync(int waiting, int inFlight)
        => Until(async () => await DepthsAsync() == (waiting, inFlight), () => $"not {waiting} and {inFlight}\n{Logs()}");

    public async Task<IReadOnlyList<Message>> TakeAsync(string queueUrl)
    {
        var response = await _sqs.ReceiveMessageAsync(
            new ReceiveMessageRequest { QueueUrl = queueUrl, MaxNumberOfMessages = 10 }, _cancellation);
        foreach (var message in response.Messages ?? [])
        {
            await _sqs.DeleteMessageAsync(
                new DeleteMessageRequest { QueueUrl = queueUrl, ReceiptHandle = message.ReceiptHandle }, _cancellation);
        }
        return response.Messages ?? [];
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var daemon in _daemons)
        {
            await daemon.KillAsync();
            await daemon.DisposeAsync();
        }
        S3.Dispose();
        _sqs.Dispose();
        await _directory.DisposeAsync();
    }

    private async Task<(int Waiting, int InFlight)> CountAsync(string queueUrl)
    {
        var response = await _sqs.GetQueueAttributesAsync(
            new GetQueueAttributesRequest { QueueUrl = queueUrl, AttributeNames = ["All"] }, _cancellation);
        return (Number("ApproximateNumberOfMessages"), Number("ApproximateNumberOfMessagesNotVisible"));

        int Number(string name) => int.Parse(response.Attributes[name], CultureInfo.InvariantCulture);
    }

    private async Task Until(Func<Task<bool>> condition, Func<string> state)
    {
        try
        {
            await Eventually.UntilAsync(_ => condition(), Patience, _cancellation);
        }
        catch (TimeoutException e)
        {
            throw new TimeoutException(state(), e);
        }
    }

    public string Logs() => string.Concat(_daemons.Select(daemon => daemon.Process.Error.ToString()));
}
