using System.Diagnostics;
using Amazon.SQS;
using Amazon.SQS.Model;
using ClamBucketFleet.Aws.Queue;
using ClamBucketFleet.Options;
using ClamBucketFleet.StandIns.Tests;
using Shouldly;
using Xunit;

namespace ClamBucketFleet.Aws.Tests.Queue;

public sealed class SqsScanQueueTests(MotoProcess moto) : IDisposable
{
    private const int Limit = 60_000;

    private readonly AmazonSQSClient _sqs = moto.Sqs();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _sqs.Dispose();

    [Fact(Timeout = Limit)]
    public async Task An_empty_queue_gives_no_messages()
    {
        var queue = On(await moto.NewQueueAsync());
        (await queue.ReceiveAsync(10, Cancellation)).ShouldBeEmpty();
    }

    [Fact(Timeout = Limit)]
    public async Task A_message_comes_with_its_count_and_its_time()
    {
        var url = await moto.NewQueueAsync();
        await SendAsync(url, "{\"key\":\"ä\"}");

        var message = (await On(url).ReceiveAsync(10, Cancellation)).ShouldHaveSingleItem();

        message.Body.ShouldBe("{\"key\":\"ä\"}");
        message.ReceiveCount.ShouldBe(1);
        message.SentAt.ShouldBe(TimeProvider.System.GetUtcNow(), TimeSpan.FromMinutes(1));
        message.Id.ShouldNotBeNullOrEmpty();
    }

    [Fact(Timeout = Limit)]
    public async Task No_more_messages_come_than_were_asked_for()
    {
        var url = await moto.NewQueueAsync();
        for (var i = 0; i < 4; i++)
            await SendAsync(url, $"{i}");
        (await On(url).ReceiveAsync(3, Cancellation)).Count.ShouldBeLessThanOrEqualTo(3);
    }

    [Fact(Timeout = Limit)]
    public async Task A_leased_message_is_hidden_until_it_is_handed_back()
    {
        var url = await moto.NewQueueAsync();
        await SendAsync(url, "one");
        var queue = On(url);
        var first = (await queue.ReceiveAsync(1, Cancellation)).ShouldHaveSingleItem();
        (await queue.ReceiveAsync(1, Cancellation)).ShouldBeEmpty();

        await queue.ChangeVisibilityAsync(first, TimeSpan.Zero, Cancellation);

        var second = (await queue.ReceiveAsync(1, Cancellation)).ShouldHaveSingleItem();
        second.Id.ShouldBe(first.Id);
        second.ReceiveCount.ShouldBe(2);
    }

    [Fact(Timeout = Limit)]
    public async Task The_poll_ends_at_once_when_it_is_cancelled()
    {
        var queue = On(await moto.NewQueueAsync(), wait: TimeSpan.FromSeconds(20));
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var since = Stopwatch.StartNew();
        var poll = queue.ReceiveAsync(1, stop.Token);
        // Another request and its answer: the poll is on its way by now.
        await SendAsync(await moto.NewQueueAsync(), "other");
        await stop.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(poll);
        since.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(15));
    }

    [Fact(Timeout = Limit)]
    public async Task A_batch_is_deleted_and_a_receipt_that_is_not_valid_counts_as_deleted()
    {
        var url = await moto.NewQueueAsync();
        await SendAsync(url, "one");
        await SendAsync(url, "two");
        var queue = On(url, visibility: TimeSpan.FromSeconds(30));
        var messages = await ReceiveAllAsync(queue, 2);
        var stale = messages[0] with { ReceiptHandle = "not a receipt" };

        (await queue.DeleteAsync([.. messages, stale], Cancellation)).ShouldBeEmpty();

        var facts = await queue.DescribeAsync(Cancellation);
        (facts.Waiting, facts.InFlight).ShouldBe((0, 0));
    }

    [Fact(Timeout = Limit)]
    public async Task Messages_that_the_service_did_not_delete_are_given_back_to_try_again()
    {
        await using var fake = new FakeService((200, """
            {"Successful":[{"Id":"0"}],
             "Failed":[{"Id":"1","Code":"InternalError","SenderFault":false},
                       {"Id":"2","Code":"ReceiptHandleIsInvalid","SenderFault":true}]}
            """));
        using var sqs = new AmazonSQSClient(MotoProcess.Credentials, MotoProcess.SqsConfig(fake.Url));
        var queue = new SqsScanQueue(sqs, Options("q"));
        QueueMessage[] messages = [Message("a"), Message("b"), Message("c"), Message("not named in the answer")];

        (await queue.DeleteAsync(messages, Cancellation)).ShouldBe([messages[1], messages[3]]);
    }

    [Fact(Timeout = Limit)]
    public async Task Deleting_nothing_asks_nothing()
    {
        await using var fake = new FakeService();
        using var sqs = new AmazonSQSClient(MotoProcess.Credentials, MotoProcess.SqsConfig(fake.Url));
        (await new SqsScanQueue(sqs, Options("q")).DeleteAsync([], Cancellation)).ShouldBeEmpty();
        fake.Requests.ShouldBeEmpty();
    }

    [Theory(Timeout = Limit)]
    [InlineData("ReceiptHandleIsInvalid")]
    [InlineData("MessageNotInflight")]
    [InlineData("InvalidParameterValue")]
    public async Task A_lease_that_cannot_be_kept_is_lost(string code)
    {
        await using var fake = new FakeService(
            (400, $$"""{"__type":"com.amazonaws.sqs#{{code}}","message":"The receipt handle has expired"}"""));
        using var sqs = new AmazonSQSClient(MotoProcess.Credentials, MotoProcess.SqsConfig(fake.Url));
        var queue = new SqsScanQueue(sqs, Options("q"));
        var e = await Should.ThrowAsync<LeaseLostException>(
            queue.ChangeVisibilityAsync(Message("m"), TimeSpan.FromSeconds(1.2), Cancellation));
        e.Message.ShouldContain("message m");
        fake.Requests.ShouldHaveSingleItem().ShouldContain("\"VisibilityTimeout\":2");
    }

    [Fact(Timeout = Limit)]
    public async Task A_bad_receipt_is_a_lost_lease()
    {
        var queue = On(await moto.NewQueueAsync());
        await Should.ThrowAsync<LeaseLostException>(
            queue.ChangeVisibilityAsync(Message("m"), TimeSpan.FromMinutes(1), Cancellation));
    }

    [Fact(Timeout = Limit)]
    public async Task A_missing_queue_is_a_matter_of_configuration()
    {
        var url = new Uri(moto.Url, "/123456789012/gone").ToString();
        var e = await Should.ThrowAsync<FatalConfigurationException>(On(url).ReceiveAsync(1, Cancellation));
        e.Message.ShouldContain(url);
        e.Message.ShouldContain("Queue:Url");
        await Should.ThrowAsync<FatalConfigurationException>(On(url).DescribeAsync(Cancellation));
    }

    [Fact]
    public void Without_a_url_there_is_no_queue() =>
        Should.Throw<FatalConfigurationException>(() => new SqsScanQueue(_sqs, Options(null)));

    [Fact(Timeout = Limit)]
    public async Task The_queue_tells_its_dead_letter_queue_and_how_much_waits()
    {
        var dead = await moto.NewQueueAsync();
        var arn = $"arn:aws:sqs:us-east-1:123456789012:{dead.Split('/')[^1]}";
        var url = await moto.NewQueueAsync(
            ("Attribute.1.Name", "RedrivePolicy"),
            ("Attribute.1.Value", $$"""{"maxReceiveCount":"5","deadLetterTargetArn":"{{arn}}"}"""));
        await SendAsync(url, "one");
        await SendAsync(url, "two");
        var queue = On(url, visibility: TimeSpan.FromSeconds(30));
        await queue.ReceiveAsync(1, Cancellation);

        (await queue.DescribeAsync(Cancellation)).ShouldBe(new QueueFacts(5, arn, 1, 1));
        (await On(dead).DescribeAsync(Cancellation)).ShouldBe(new QueueFacts(null, null, 0, 0));
    }

    [Fact(Timeout = Limit)]
    public async Task A_service_that_is_away_is_unreachable()
    {
        var config = MotoProcess.SqsConfig(new Uri("http://127.0.0.1:1/"));
        config.MaxErrorRetry = 0;
        using var sqs = new AmazonSQSClient(MotoProcess.Credentials, config);
        var e = await Should.ThrowAsync<ServiceUnreachableException>(
            new SqsScanQueue(sqs, Options("q")).ReceiveAsync(1, Cancellation));
        e.Message.ShouldStartWith("Receiving from q: ");
    }

    private static QueueMessage Message(string id) => new(id, "not a receipt", "", 1, DateTimeOffset.UnixEpoch);

    private static QueueOptions Options(string? url, TimeSpan wait = default, TimeSpan visibility = default) =>
        new(url, null, wait, visibility == default ? TimeSpan.FromMinutes(2) : visibility);

    private SqsScanQueue On(string url, TimeSpan wait = default, TimeSpan visibility = default) =>
        new(_sqs, Options(url, wait, visibility));

    private async Task SendAsync(string url, string body) =>
        await _sqs.SendMessageAsync(new SendMessageRequest { QueueUrl = url, MessageBody = body }, Cancellation);

    private static async Task<List<QueueMessage>> ReceiveAllAsync(SqsScanQueue queue, int count)
    {
        List<QueueMessage> messages = [];
        while (messages.Count < count)
            messages.AddRange(await queue.ReceiveAsync(10, Cancellation));
        return messages;
    }
}
