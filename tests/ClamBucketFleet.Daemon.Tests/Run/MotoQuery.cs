using System.Xml.Linq;
using ClamBucketFleet.TestKit;
using Shouldly;

namespace ClamBucketFleet.Daemon.Tests.Run;

/// <summary>What a test sets up in AWS and the program never does: queues, topics, subscriptions.</summary>
internal sealed class MotoQuery(MotoServer moto)
{
    private static readonly HttpClient Http = new();

    public Task<string> CreateQueueAsync(string name, CancellationToken cancellationToken, string? redrivePolicy = null)
        => CallAsync("sqs", "CreateQueue", "QueueUrl", cancellationToken, redrivePolicy is null
            ? [("QueueName", name)]
            : [("QueueName", name), ("Attribute.1.Name", "RedrivePolicy"), ("Attribute.1.Value", redrivePolicy)]);

    public Task<string> CreateTopicAsync(string name, CancellationToken cancellationToken)
        => CallAsync("sns", "CreateTopic", "TopicArn", cancellationToken, ("Name", name));

    /// <summary>Subscribes a queue; <paramref name="attributes"/> such as RawMessageDelivery or FilterPolicy.</summary>
    public Task SubscribeAsync(
        string topic, string queueArn, CancellationToken cancellationToken, params (string Name, string Value)[] attributes)
        => CallAsync("sns", "Subscribe", "SubscriptionArn", cancellationToken,
        [
            ("TopicArn", topic), ("Protocol", "sqs"), ("Endpoint", queueArn),
            .. attributes.SelectMany((attribute, index) => new[]
            {
                ($"Attributes.entry.{index + 1}.key", attribute.Name),
                ($"Attributes.entry.{index + 1}.value", attribute.Value),
            }),
        ]);

    private async Task<string> CallAsync(
        string service, string action, string element, CancellationToken cancellationToken, params (string, string)[] form)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, moto.Endpoint);
        request.Headers.TryAddWithoutValidation(
            "Authorization",
            $"AWS4-HMAC-SHA256 Credential=test/20260101/eu-west-1/{service}/aws4_request, SignedHeaders=host, Signature=0");
        request.Content = new FormUrlEncodedContent(
            form.Prepend(("Action", action)).Select(pair => KeyValuePair.Create(pair.Item1, pair.Item2)));
        using var response = await Http.SendAsync(request, cancellationToken);
        var body = await response.Content.ReadAsStringAsync(cancellationToken);
        response.IsSuccessStatusCode.ShouldBeTrue(body);
        return XElement.Parse(body).DescendantsAndSelf().First(e => e.Name.LocalName == element).Value;
    }
}
