using System.Diagnostics;
using Amazon.SQS;
using Amazon.SQS.Model;
using Shouldly;
using Xunit;

namespace ClamBucketFleet.StandIns.Tests;

public sealed class SqsTests(MotoProcess moto) : IDisposable
{
    private const int Limit = 60_000;

    private readonly AmazonSQSClient _sqs = moto.Sqs();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _sqs.Dispose();

    [Fact(Timeout = Limit)]
    public async Task An_empty_queue_gives_no_messages()
    {
        var queue = await moto.NewQueueAsync();
        (await ReceiveAsync(queue)).Messages.ShouldBeNull();
    }

    [Fact(Timeout = Limit)]
    public async Task A_message_comes_back_as_it_was_sent()
    {
        var queue = await moto.NewQueueAsync();
        var body = "{\"key\":\"ä/+%20\u2028😀\"}";
        var sent = await _sqs.SendMessageAsync(
            new SendMessageRequest
            {
                QueueUrl = queue,
                MessageBody = body,
                MessageAttributes = new() { ["tag"] = new() { DataType = "String", StringValue = "ü" } },
            },
            Cancellation);

        var message = (await ReceiveAsync(queue)).Messages.ShouldHaveSingleItem();

        message.Body.ShouldBe(body);
        message.MessageId.ShouldBe(sent.MessageId);
        message.ReceiptHandle.ShouldNotBeNullOrEmpty();
        message.Attributes[MessageSystemAttributeName.ApproximateReceiveCount].ShouldBe("1");
        message.Attributes.ShouldContainKey(MessageSystemAttributeName.SentTimestamp);
        message.MessageAttributes["tag"].StringValue.ShouldBe("ü");
    }

    [Fact(Timeout = Limit)]
    public async Task A_long_poll_gives_what_arrives_while_it_waits()
    {
        var queue = await moto.NewQueueAsync();
        var poll = ReceiveAsync(queue, wait: 20);
        await SendAsync(queue, "late");
        (await poll).Messages.ShouldHaveSingleItem().Body.ShouldBe("late");
    }

    [Fact(Timeout = Limit)]
    public async Task A_long_poll_can_be_cancelled_in_the_middle()
    {
        var queue = await moto.NewQueueAsync();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var since = Stopwatch.StartNew();
        var poll = _sqs.ReceiveMessageAsync(
            new ReceiveMessageRequest { QueueUrl = queue, WaitTimeSeconds = 20 }, stop.Token);
        // Another request and its answer: the poll is on its way by now.
        await SendAsync(await moto.NewQueueAsync(), "other");
        await stop.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(poll);
        since.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(15));
    }

    [Fact(Timeout = Limit)]
    public async Task A_batch_is_sent_and_deleted_and_tells_which_entries_failed()
    {
        var queue = await moto.NewQueueAsync();
        var sent = await _sqs.SendMessageBatchAsync(
            new SendMessageBatchRequest
            {
                QueueUrl = queue,
                Entries = [new() { Id = "a", MessageBody = "1" }, new() { Id = "b", MessageBody = "2" }],
            },
            Cancellation);
        sent.Successful.Select(entry => entry.Id).ShouldBe(["a", "b"]);
        sent.Failed.ShouldBeNull();

        var messages = (await ReceiveAsync(queue)).Messages;
        var deleted = await _sqs.DeleteMessageBatchAsync(
            new DeleteMessageBatchRequest
            {
                QueueUrl = queue,
                Entries =
                [
                    new() { Id = "good", ReceiptHandle = messages[0].ReceiptHandle },
                    new() { Id = "bad", ReceiptHandle = "no such handle" },
                ],
            },
            Cancellation);

        deleted.Successful.ShouldHaveSingleItem().Id.ShouldBe("good");
        var failed = deleted.Failed.ShouldHaveSingleItem();
        failed.Id.ShouldBe("bad");
        failed.Code.ShouldBe("ReceiptHandleIsInvalid");
        failed.SenderFault.ShouldBe(true);
    }

    [Fact(Timeout = Limit)]
    public async Task A_message_made_visible_comes_again_and_counts_up()
    {
        var queue = await moto.NewQueueAsync();
        await SendAsync(queue, "again");
        var first = (await ReceiveAsync(queue)).Messages.ShouldHaveSingleItem();
        (await ReceiveAsync(queue)).Messages.ShouldBeNull();

        await ChangeVisibilityAsync(queue, first.ReceiptHandle, 0);

        var second = (await ReceiveAsync(queue)).Messages.ShouldHaveSingleItem();
        second.Attributes["ApproximateReceiveCount"].ShouldBe("2");
    }

    [Fact(Timeout = Limit)]
    public async Task Visibility_is_changed_for_a_batch()
    {
        var queue = await moto.NewQueueAsync();
        await SendAsync(queue, "one");
        var message = (await ReceiveAsync(queue)).Messages.ShouldHaveSingleItem();

        var changed = await _sqs.ChangeMessageVisibilityBatchAsync(
            new ChangeMessageVisibilityBatchRequest
            {
                QueueUrl = queue,
                Entries =
                [
                    new() { Id = "good", ReceiptHandle = message.ReceiptHandle, VisibilityTimeout = 0 },
                    new() { Id = "bad", ReceiptHandle = "no such handle", VisibilityTimeout = 0 },
                ],
            },
            Cancellation);

        changed.Successful.ShouldHaveSingleItem().Id.ShouldBe("good");
        changed.Failed.ShouldHaveSingleItem().Id.ShouldBe("bad");
        (await ReceiveAsync(queue)).Messages.ShouldHaveSingleItem();
    }

    [Fact(Timeout = Limit)]
    public async Task A_missing_queue_is_an_exception_of_its_own()
    {
        var gone = new Uri(moto.Url, "/123456789012/gone").ToString();
        var e = await Should.ThrowAsync<QueueDoesNotExistException>(ReceiveAsync(gone));
        e.ErrorCode.ShouldBe("AWS.SimpleQueueService.NonExistentQueue");
        e.StatusCode.ShouldBe(System.Net.HttpStatusCode.BadRequest);
        e.RequestId.ShouldNotBeNullOrEmpty();
        await Should.ThrowAsync<QueueDoesNotExistException>(
            _sqs.GetQueueUrlAsync(new GetQueueUrlRequest { QueueName = "gone" }, Cancellation));
    }

    [Fact(Timeout = Limit)]
    public async Task A_bad_receipt_handle_is_an_exception_of_its_own()
    {
        var queue = await moto.NewQueueAsync();
        await Should.ThrowAsync<ReceiptHandleIsInvalidException>(ChangeVisibilityAsync(queue, "no such handle", 5));
    }

    [Fact(Timeout = Limit)]
    public async Task A_message_that_is_not_in_flight_is_an_exception_of_its_own()
    {
        await using var fake = new FakeService(
            (400, """{"__type":"com.amazonaws.sqs#MessageNotInflight","message":"it is over"}"""));
        using var sqs = new AmazonSQSClient(MotoProcess.Credentials, MotoProcess.SqsConfig(fake.Url));
        var e = await Should.ThrowAsync<MessageNotInflightException>(sqs.ChangeMessageVisibilityAsync(
            new ChangeMessageVisibilityRequest { QueueUrl = "q", ReceiptHandle = "r", VisibilityTimeout = 1 },
            Cancellation));
        e.Message.ShouldBe("it is over");
    }

    [Fact(Timeout = Limit)]
    public async Task The_attributes_of_a_queue_are_read_by_name()
    {
        var queue = await moto.NewQueueAsync(("Attribute.1.Name", "VisibilityTimeout"), ("Attribute.1.Value", "77"));
        await SendAsync(queue, "one");

        var attributes = (await _sqs.GetQueueAttributesAsync(
            new GetQueueAttributesRequest { QueueUrl = queue, AttributeNames = [QueueAttributeName.All] },
            Cancellation)).Attributes;

        attributes["VisibilityTimeout"].ShouldBe("77");
        attributes[QueueAttributeName.ApproximateNumberOfMessages].ShouldBe("1");
        attributes[QueueAttributeName.QueueArn].ShouldStartWith("arn:aws:sqs:us-east-1:");
    }

    [Fact(Timeout = Limit)]
    public async Task A_deleted_message_does_not_come_again()
    {
        var queue = await moto.NewQueueAsync();
        await SendAsync(queue, "one");
        var message = (await ReceiveAsync(queue, visibility: 0)).Messages.ShouldHaveSingleItem();
        await _sqs.DeleteMessageAsync(
            new DeleteMessageRequest { QueueUrl = queue, ReceiptHandle = message.ReceiptHandle }, Cancellation);
        (await ReceiveAsync(queue)).Messages.ShouldBeNull();
    }

    private Task<ReceiveMessageResponse> ReceiveAsync(string queue, int wait = 0, int visibility = 30) =>
        _sqs.ReceiveMessageAsync(
            new ReceiveMessageRequest
            {
                QueueUrl = queue,
                MaxNumberOfMessages = 10,
                WaitTimeSeconds = wait,
                VisibilityTimeout = visibility,
                MessageSystemAttributeNames = ["All"],
                MessageAttributeNames = ["All"],
            },
            Cancellation);

    private Task<SendMessageResponse> SendAsync(string queue, string body) =>
        _sqs.SendMessageAsync(new SendMessageRequest { QueueUrl = queue, MessageBody = body }, Cancellation);

    private Task<ChangeMessageVisibilityResponse> ChangeVisibilityAsync(string queue, string handle, int seconds) =>
        _sqs.ChangeMessageVisibilityAsync(
            new ChangeMessageVisibilityRequest
            {
                QueueUrl = queue,
                ReceiptHandle = handle,
                VisibilityTimeout = seconds,
            },
            Cancellation);
}
