using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Amazon.S3;
using Amazon.S3.Model;

namespace ClamBucketFleet.SystemTests.Machines;

/// <summary>
/// What a test has of its own in the shared AWS: a scan queue with its dead-letter queue, a topic with a subscriber, and
/// buckets that notify the queue.
/// </summary>
internal sealed class Scene(Cloud cloud, CancellationToken cancellationToken)
{
    private readonly string _name = $"s{Guid.NewGuid():N}"[..12];
    private readonly List<JsonElement> _alerts = [];
    private int _buckets;

    public string QueueUrl { get; private set; } = "";

    public string DeadLetterUrl { get; private set; } = "";

    public string Topic { get; private set; } = "";

    private string SubscriberUrl { get; set; } = "";

    public static async Task<Scene> CreateAsync(Cloud cloud, CancellationToken cancellationToken)
    {
        var scene = new Scene(cloud, cancellationToken);
        scene.DeadLetterUrl = await scene.CreateQueueAsync("dead");
        scene.QueueUrl = await scene.CreateQueueAsync(
            "scan",
            ("Attribute.1.Name", "RedrivePolicy"),
            ("Attribute.1.Value", $$"""{"deadLetterTargetArn":"{{Cloud.Arn(scene.DeadLetterUrl)}}","maxReceiveCount":"5"}"""));
        scene.SubscriberUrl = await scene.CreateQueueAsync("alerts");
        scene.Topic = await cloud.QueryAsync(
            "sns", "CreateTopic", "TopicArn", cancellationToken, ("Name", $"{scene._name}-findings"));
        await cloud.QueryAsync(
            "sns", "Subscribe", "SubscriptionArn", cancellationToken,
            ("TopicArn", scene.Topic), ("Protocol", "sqs"), ("Endpoint", Cloud.Arn(scene.SubscriberUrl)),
            ("Attributes.entry.1.key", "RawMessageDelivery"), ("Attributes.entry.1.value", "true"));
        return scene;
    }

    /// <summary>
    /// Writes the two files that lead a machine here: its configuration and its environment. The credentials come from the
    /// instance's metadata.
    /// </summary>
    public void Configure(Machine machine, params (string Key, string Value)[] settings)
    {
        machine.Write("/etc/clambucketfleet/clambucketfleet.json", Encoding.UTF8.GetBytes(Configuration(settings)));
        Lead(machine);
    }

    /// <summary>
    /// The text of a configuration that leads here, with settings such as <c>("Scan:Timeout", "5s")</c> beyond queue and topic.
    /// </summary>
    public string Configuration(params (string Key, string Value)[] settings)
    {
        var configuration = new JsonObject();
        (string, string)[] own =
        [
            ("Queue:Url", QueueUrl),
            ("Alerts:TopicArn", Topic),
            // A message that a killed daemon had, or was about to get, comes again soon.
            ("Queue:WaitTime", "1s"),
            ("Queue:VisibilityTimeout", "10s"),
        ];
        foreach (var (key, value) in own.Concat(settings))
        {
            var at = configuration;
            foreach (var section in key.Split(':')[..^1]) at = (JsonObject)(at[section] ??= new JsonObject());
            at[key.Split(':')[^1]] = value;
        }
        return configuration.ToJsonString();
    }

    /// <summary>Writes the environment of a machine's daemon, with more than the way to AWS.</summary>
    public static void Lead(Machine machine, params (string Name, string Value)[] more) => machine.Write(
        "/etc/default/clambucketfleet",
        Encoding.UTF8.GetBytes(string.Concat(more.Prepend(("AWS_ENDPOINT_URL", $"{Cloud.Endpoint}"))
            .Select(variable => $"{variable.Item1}={variable.Item2}\n"))));

    /// <summary>A new bucket; connected, its events go to the scan queue.</summary>
    public async Task<string> BucketAsync(bool connected = true)
    {
        var bucket = $"{_name}-{++_buckets}";
        await cloud.S3.PutBucketAsync(new PutBucketRequest
        {
            BucketName = bucket,
            PutBucketConfiguration = new PutBucketConfiguration { LocationConstraint = Cloud.Region },
        }, cancellationToken);
        if (connected)
        {
            await cloud.S3.PutBucketNotificationAsync(new PutBucketNotificationRequest
            {
                BucketName = bucket,
                QueueConfigurations =
                    [new QueueConfiguration { Queue = Cloud.Arn(QueueUrl), Events = [EventType.ObjectCreatedAll] }],
            }, cancellationToken);
        }
        return bucket;
    }

    public Task PutAsync(string bucket, string key, byte[] content) => cloud.S3.PutObjectAsync(
        new PutObjectRequest { BucketName = bucket, Key = key, InputStream = new MemoryStream(content), UseChunkEncoding = false },
        cancellationToken);

    /// <summary>Puts a message on the scan queue.</summary>
    public Task SendAsync(string body)
        => cloud.Sqs.SendMessageAsync(new() { QueueUrl = QueueUrl, MessageBody = body }, cancellationToken);

    /// <summary>The keys of what is in a bucket.</summary>
    public async Task<IReadOnlyList<string>> KeysAsync(string bucket)
    {
        var listed = await cloud.S3.ListObjectsV2Async(new() { BucketName = bucket }, cancellationToken);
        return [.. (listed.S3Objects ?? []).Select(found => found.Key)];
    }

    /// <summary>Messages that can be received, and messages that somebody has.</summary>
    public Task<(int Waiting, int InFlight)> DepthsAsync() => cloud.DepthsAsync(QueueUrl, cancellationToken);

    /// <summary>Every alert that the subscriber got so far, as <c>STATUS ACTION key</c>.</summary>
    public async Task<IReadOnlyList<string>> AlertsAsync()
    {
        await TakeAlertsAsync();
        return [.. _alerts.Select(alert => $"{Text(alert, "status")} {Text(alert, "action")} {Text(alert, "key")}")];
    }

    /// <summary>What the alerts without an object say: those about the scanner itself.</summary>
    public async Task<IReadOnlyList<string>> AlertsOfTheFleetAsync()
    {
        await TakeAlertsAsync();
        return [.. _alerts.Where(alert => Text(alert, "key") is "").Select(alert => Text(alert, "error") ?? "")];
    }

    private async Task TakeAlertsAsync()
    {
        while (true)
        {
            var received = await cloud.Sqs.ReceiveMessageAsync(
                new() { QueueUrl = SubscriberUrl, MaxNumberOfMessages = 10 }, cancellationToken);
            if (received.Messages is not { Count: > 0 } messages) return;
            foreach (var message in messages)
            {
                _alerts.Add(JsonElement.Parse(message.Body));
                await cloud.Sqs.DeleteMessageAsync(
                    new() { QueueUrl = SubscriberUrl, ReceiptHandle = message.ReceiptHandle }, cancellationToken);
            }
        }
    }

    private static string? Text(JsonElement alert, string name) => alert.GetProperty(name).GetString();

    private Task<string> CreateQueueAsync(string what, params (string, string)[] attributes) => cloud.QueryAsync(
        "sqs", "CreateQueue", "QueueUrl", cancellationToken, [("QueueName", $"{_name}-{what}"), .. attributes]);
}
