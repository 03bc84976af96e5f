using System.Text.Json;
using Amazon.SimpleNotificationService;
using Amazon.SimpleNotificationService.Model;
using Amazon.SQS;
using Amazon.SQS.Model;
using Shouldly;
using Xunit;

namespace ClamBucketFleet.StandIns.Tests;

public sealed class SnsTests(MotoProcess moto) : IDisposable
{
    private const int Limit = 60_000;
    private const string Missing = "arn:aws:sns:us-east-1:123456789012:missing";

    private readonly AmazonSimpleNotificationServiceClient _sns = moto.Sns();
    private readonly AmazonSQSClient _sqs = moto.Sqs();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _sns.Dispose();
        _sqs.Dispose();
    }

    [Fact(Timeout = Limit)]
    public async Task A_publication_reaches_the_subscriber_whose_filter_takes_it()
    {
        var topic = await NewTopicAsync();
        var queue = await SubscribeAsync(topic, """{"status":["INFECTED"]}""");

        await PublishAsync(topic, "clean one", "CLEAN");
        var published = await PublishAsync(topic, "infected & \"quoted\" <one> ä😀", "INFECTED");

        published.MessageId.ShouldNotBeNullOrEmpty();
        published.ResponseMetadata.RequestId.ShouldNotBeNullOrEmpty();
        var message = (await ReceiveAsync(queue)).ShouldHaveSingleItem();
        using var envelope = JsonDocument.Parse(message.Body);
        envelope.RootElement.GetProperty("Message").GetString().ShouldBe("infected & \"quoted\" <one> ä😀");
        envelope.RootElement.GetProperty("Subject").GetString().ShouldBe("a subject");
        envelope.RootElement.GetProperty("MessageAttributes").GetProperty("status").GetProperty("Value").GetString()
            .ShouldBe("INFECTED");
    }

    [Fact(Timeout = Limit)]
    public async Task A_structured_message_gives_each_protocol_its_own_text()
    {
        var topic = await NewTopicAsync();
        var queue = await SubscribeAsync(topic, "{}");

        await _sns.PublishAsync(
            new PublishRequest
            {
                TopicArn = topic,
                MessageStructure = "json",
                Message = """{"default":"for programs","email":"for people"}""",
            },
            Cancellation);

        (await ReceiveAsync(queue)).ShouldHaveSingleItem().Body.ShouldContain("for programs");
    }

    [Fact(Timeout = Limit)]
    public async Task A_missing_topic_is_an_exception_of_its_own()
    {
        var e = await Should.ThrowAsync<NotFoundException>(PublishAsync(Missing, "x", "CLEAN"));
        e.ErrorCode.ShouldBe("NotFound");
        e.Message.ShouldNotBeNullOrEmpty();
        await Should.ThrowAsync<NotFoundException>(_sns.GetTopicAttributesAsync(
            new GetTopicAttributesRequest { TopicArn = Missing }, Cancellation));
    }

    [Fact(Timeout = Limit)]
    public async Task A_refusal_is_an_exception_of_its_own()
    {
        await using var fake = new FakeService((403, """
            <ErrorResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/">
              <Error><Type>Sender</Type><Code>AuthorizationError</Code><Message>not you</Message></Error>
              <RequestId>id-1</RequestId>
            </ErrorResponse>
            """));
        using var sns = new AmazonSimpleNotificationServiceClient(
            MotoProcess.Credentials,
            new AmazonSimpleNotificationServiceConfig
            {
                ServiceURL = fake.Url.ToString(),
                AuthenticationRegion = "us-east-1",
            });
        var e = await Should.ThrowAsync<AuthorizationErrorException>(sns.GetTopicAttributesAsync(
            new GetTopicAttributesRequest { TopicArn = Missing }, Cancellation));
        e.Message.ShouldBe("not you");
        e.RequestId.ShouldBe("id-1");
    }

    [Fact(Timeout = Limit)]
    public async Task The_attributes_of_a_topic_are_read_by_name()
    {
        var topic = await NewTopicAsync();
        var answer = await _sns.GetTopicAttributesAsync(
            new GetTopicAttributesRequest { TopicArn = topic }, Cancellation);
        answer.Attributes["TopicArn"].ShouldBe(topic);
    }

    private Task<string> NewTopicAsync() => moto.CallAsync(
        "sns", "TopicArn", ("Action", "CreateTopic"), ("Name", MotoProcess.Unique()), ("Version", "2010-03-31"));

    private async Task<string> SubscribeAsync(string topic, string filter)
    {
        var queue = await moto.NewQueueAsync();
        var arn = $"arn:aws:sqs:us-east-1:123456789012:{queue.Split('/')[^1]}";
        await moto.CallAsync(
            "sns",
            "SubscriptionArn",
            ("Action", "Subscribe"),
            ("Version", "2010-03-31"),
            ("TopicArn", topic),
            ("Protocol", "sqs"),
            ("Endpoint", arn),
            ("Attributes.entry.1.key", "FilterPolicy"),
            ("Attributes.entry.1.value", filter));
        return queue;
    }

    private Task<PublishResponse> PublishAsync(string topic, string message, string status) => _sns.PublishAsync(
        new PublishRequest
        {
            TopicArn = topic,
            Message = message,
            Subject = "a subject",
            MessageAttributes = new() { ["status"] = new() { DataType = "String", StringValue = status } },
        },
        Cancellation);

    private async Task<List<Message>> ReceiveAsync(string queue)
    {
        var request = new ReceiveMessageRequest { QueueUrl = queue, WaitTimeSeconds = 10, MaxNumberOfMessages = 10 };
        return (await _sqs.ReceiveMessageAsync(request, Cancellation)).Messages ?? [];
    }
}
