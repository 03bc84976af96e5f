using System.Globalization;
using Amazon.SQS;
using Amazon.SQS.Model;
using ClamBucketFleet.Options;

namespace ClamBucketFleet.Aws.Queue;

/// <summary>The scan queue on SQS.</summary>
public sealed class SqsScanQueue : IScanQueue
{
    // SQS counts in whole seconds, up to twelve hours.
    private const int LongestVisibility = 43_200;

    private readonly IAmazonSQS _sqs;
    private readonly string _url;
    private readonly int _waitSeconds;
    private readonly int _visibilitySeconds;

    /// <exception cref="FatalConfigurationException">The options name no queue.</exception>
    public SqsScanQueue(IAmazonSQS sqs, QueueOptions options)
    {
        _sqs = sqs;
        _url = options.Url ?? throw new FatalConfigurationException("Queue:Url is not set: name the scan queue.");
        _waitSeconds = WholeSeconds(options.WaitTime, 20);
        _visibilitySeconds = WholeSeconds(options.VisibilityTimeout, LongestVisibility);
    }

    private string SafeUrl => SafeText.Escape(_url);

    public async Task<IReadOnlyList<QueueMessage>> ReceiveAsync(int max, CancellationToken cancellationToken)
    {
        var request = new ReceiveMessageRequest
        {
            QueueUrl = _url,
            MaxNumberOfMessages = max,
            WaitTimeSeconds = _waitSeconds,
            VisibilityTimeout = _visibilitySeconds,
            MessageSystemAttributeNames =
            [
                MessageSystemAttributeName.ApproximateReceiveCount, MessageSystemAttributeName.SentTimestamp,
            ],
        };
        var response = await DoAsync(
            $"Receiving from {SafeUrl}", _sqs.ReceiveMessageAsync(request, cancellationToken)).ConfigureAwait(false);
        return [.. (response.Messages ?? []).Select(Read)];
    }

    public async Task ChangeVisibilityAsync(QueueMessage message, TimeSpan after, CancellationToken cancellationToken)
    {
        var request = new ChangeMessageVisibilityRequest
        {
            QueueUrl = _url,
            ReceiptHandle = message.ReceiptHandle,
            VisibilityTimeout = WholeSeconds(after, LongestVisibility),
        };
        var doing = $"Keeping message {SafeText.Escape(message.Id)} of {SafeUrl}";
        try
        {
            await DoAsync(doing, _sqs.ChangeMessageVisibilityAsync(request, cancellationToken)).ConfigureAwait(false);
        }
        catch (TryAgainException e) when (e.InnerException is AmazonSQSException { ErrorCode: { } code }
            && BatchDelete.IsStaleReceipt(code))
        {
            // Of our two parameters only the receipt can be wrong: it has expired, or twelve hours are over.
            throw new LeaseLostException(e.Message, e.InnerException);
        }
    }

    public async Task<IReadOnlyList<QueueMessage>> DeleteAsync(
        IReadOnlyList<QueueMessage> messages, CancellationToken cancellationToken)
    {
        if (messages.Count == 0)
            return [];
        var response = await DoAsync(
            $"Deleting {messages.Count} messages from {SafeUrl}",
            _sqs.DeleteMessageBatchAsync(BatchDelete.Request(_url, messages), cancellationToken)).ConfigureAwait(false);
        return BatchDelete.Refused(messages, response);
    }

    public async Task SendAsync(IReadOnlyList<string> bodies, CancellationToken cancellationToken)
    {
        foreach (var body in bodies)
        {
            await DoAsync(
                $"Sending to {SafeUrl}",
                _sqs.SendMessageAsync(new SendMessageRequest { QueueUrl = _url, MessageBody = body }, cancellationToken))
                .ConfigureAwait(false);
        }
    }

    public async Task<QueueFacts> DescribeAsync(CancellationToken cancellationToken)
    {
        var request = new GetQueueAttributesRequest { QueueUrl = _url, AttributeNames = QueueAttributes.Names };
        var response = await DoAsync(
            $"Asking for the attributes of {SafeUrl}", _sqs.GetQueueAttributesAsync(request, cancellationToken))
            .ConfigureAwait(false);
        return QueueAttributes.Read(response.Attributes ?? []);
    }

    private static async Task<T> DoAsync<T>(string doing, Task<T> call)
    {
        try
        {
            return await call.ConfigureAwait(false);
        }
        catch (Exception e) when (AwsFailures.Translate(e, doing) is var translated && translated != e)
        {
            throw translated;
        }
    }

    // Rounded up: a lease may last a little longer than asked for, never shorter.
    private static int WholeSeconds(TimeSpan time, int limit) =>
        (int)Math.Clamp(Math.Ceiling(time.TotalSeconds), 0, limit);

    private static QueueMessage Read(Message message) => new(
        message.MessageId,
        message.ReceiptHandle,
        message.Body ?? "",
        (int)Number(message, MessageSystemAttributeName.ApproximateReceiveCount, 1),
        DateTimeOffset.FromUnixTimeMilliseconds(Number(message, MessageSystemAttributeName.SentTimestamp, 0)));

    private static long Number(Message message, string attribute, long otherwise) =>
        message.Attributes?.GetValueOrDefault(attribute) is { } text
            && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : otherwise;
}
