using System.Text.Json;
using Amazon.SimpleNotificationService;
using Amazon.SQS;
using Amazon.SQS.Model;
using ClamBucketFleet.Aws.Alerts;
using ClamBucketFleet.StandIns.Tests;
using Shouldly;
using Xunit;

namespace ClamBucketFleet.Aws.Tests.Alerts;

public sealed class SnsAlertPublisherTests(MotoProcess moto) : IDisposable
{
    private const int Limit = 60_000;

    private static readonly Alert Infected = new(
        "id", DateTimeOffset.UnixEpoch, "INFECTED", "DELETE", null, "b", "dir/ä b+%.txt", "v1", "etag", 68, "ab",
        ["Eicar-Test-Signature"], null, null, "ClamAV 1.4.6", null, "i-0abc", 1, new AlertSeconds(1.2, 0.03, 0.01));

    private readonly AmazonSimpleNotificationServiceClient _sns = moto.Sns();
    private readonly AmazonSQSClient _sqs = moto.Sqs();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _sns.Dispose();
        _sqs.Dispose();
    }

    [Fact(Timeout = Limit)]
    public async Task A_subscriber_gets_the_json_of_the_alert_and_its_attributes()
    {
        var (topic, queue) = await NewTopicAsync("{}");

        await new SnsAlertPublisher(_sns, topic).PublishAsync(Infected, Cancellation);

        var envelope = (await ReceiveAsync(queue)).ShouldHaveSingleItem();
        envelope.GetProperty("Message").GetString().ShouldBe(AlertRenderer.Json(Infected));
        envelope.GetProperty("Subject").GetString().ShouldBe(AlertRenderer.Subject(Infected));
        Attributes(envelope).ShouldBe(new Dictionary<string, string?>
        {
            ["bucket"] = "b",
            ["key"] = "dir/ä b+%.txt",
            ["version"] = "v1",
            ["status"] = "INFECTED",
            ["action"] = "DELETE",
        }, ignoreOrder: true);
    }

    [Fact(Timeout = Limit)]
    public async Task A_filter_on_the_attributes_chooses_the_alerts()
    {
        var (topic, queue) = await NewTopicAsync("""{"status":["INFECTED"],"bucket":["b"]}""");
        var publisher = new SnsAlertPublisher(_sns, topic);
        await publisher.PublishAsync(Infected with { Status = "UNSCANNABLE" }, Cancellation);
        await publisher.PublishAsync(Infected with { Bucket = "other" }, Cancellation);
        await publisher.PublishAsync(Infected, Cancellation);
        (await ReceiveAsync(queue)).ShouldHaveSingleItem();
    }

    [Fact(Timeout = Limit)]
    public async Task An_object_without_versions_has_no_version_attribute_and_control_characters_are_escaped()
    {
        var (topic, queue) = await NewTopicAsync("{}");
        var alert = Infected with { VersionId = null, Key = "a\n\u0001\u202Eb" };

        await new SnsAlertPublisher(_sns, topic).PublishAsync(alert, Cancellation);

        var envelope = (await ReceiveAsync(queue)).ShouldHaveSingleItem();
        Attributes(envelope).ShouldNotContainKey("version");
        Attributes(envelope)["key"].ShouldBe("a\\u000a\\u0001\\u202eb");
        using var json = JsonDocument.Parse(envelope.GetProperty("Message").GetString()!);
        json.RootElement.GetProperty("key").GetString().ShouldBe(alert.Key);
    }

    [Fact]
    public void People_get_text_and_programs_get_json()
    {
        using var message = JsonDocument.Parse(SnsMessage.Render(Infected));
        message.RootElement.EnumerateObject().Select(form => (form.Name, form.Value.GetString())).ShouldBe(
        [
            ("default", AlertRenderer.Json(Infected)),
            ("email", AlertRenderer.Text(Infected)),
            ("sms", AlertRenderer.Sms(Infected)),
        ]);
    }

    [Fact]
    public void Very_many_signatures_do_not_make_an_alert_too_large()
    {
        var alert = Infected with { Signatures = [.. Enumerable.Range(0, 9000).Select(i => $"Some.Long.Signature-{i}")] };
        var message = SnsMessage.Render(alert);
        message.Length.ShouldBeLessThan(240 * 1024);
        message.ShouldContain("Some.Long.Signature-99");
    }

    [Fact]
    public void A_lone_surrogate_in_a_key_does_not_keep_an_alert_back()
    {
        using var message = JsonDocument.Parse(SnsMessage.Render(Infected with { Key = "a\ud800b" }));
        message.RootElement.GetProperty("email").GetString().ShouldNotBeNull().ShouldContain("a\\ud800b");
    }

    [Fact(Timeout = Limit)]
    public async Task A_missing_topic_keeps_what_is_irreversible_from_happening()
    {
        var publisher = new SnsAlertPublisher(_sns, "arn:aws:sns:us-east-1:123456789012:gone");
        var e = await Should.ThrowAsync<TryAgainException>(publisher.PublishAsync(Infected, Cancellation));
        e.Message.ShouldContain("Alerts:TopicArn");
        e.Message.ShouldContain("b/dir/ä b+%.txt");
    }

    private static Dictionary<string, string?> Attributes(JsonElement envelope) =>
        envelope.GetProperty("MessageAttributes").EnumerateObject()
            .ToDictionary(pair => pair.Name, pair => pair.Value.GetProperty("Value").GetString());

    private async Task<(string Topic, string Queue)> NewTopicAsync(string filter)
    {
        var topic = await moto.CallAsync(
            "sns", "TopicArn", ("Action", "CreateTopic"), ("Name", MotoProcess.Unique()), ("Version", "2010-03-31"));
        var queue = await moto.NewQueueAsync();
        await moto.CallAsync(
            "sns",
            "SubscriptionArn",
            ("Action", "Subscribe"),
            ("Version", "2010-03-31"),
            ("TopicArn", topic),
            ("Protocol", "sqs"),
            ("Endpoint", $"arn:aws:sqs:us-east-1:123456789012:{queue.Split('/')[^1]}"),
            ("Attributes.entry.1.key", "FilterPolicy"),
            ("Attributes.entry.1.value", filter));
        return (topic, queue);
    }

    private async Task<List<JsonElement>> ReceiveAsync(string queue)
    {
        var request = new ReceiveMessageRequest { QueueUrl = queue, WaitTimeSeconds = 10, MaxNumberOfMessages = 10 };
        var messages = (await _sqs.ReceiveMessageAsync(request, Cancellation)).Messages ?? [];
        return [.. messages.Select(message => JsonElement.Parse(message.Body))];
    }
}
