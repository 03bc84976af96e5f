#nullable enable
using System.Text.Json;
using Amazon.Runtime.Internal;
using Amazon.SQS.Model;

namespace Amazon.SQS;

/// <summary>How each operation of SQS is written and read.</summary>
internal static class Operations
{
    public static readonly InvokeOptions ChangeMessageVisibility =
        JsonProtocol.Operation<ChangeMessageVisibilityRequest>(
            "ChangeMessageVisibility",
            (json, request) =>
            {
                json.Set("QueueUrl", request.QueueUrl);
                json.Set("ReceiptHandle", request.ReceiptHandle);
                json.Set("VisibilityTimeout", request.VisibilityTimeout);
            },
            _ => new ChangeMessageVisibilityResponse());

    public static readonly InvokeOptions ChangeMessageVisibilityBatch =
        JsonProtocol.Operation<ChangeMessageVisibilityBatchRequest>(
            "ChangeMessageVisibilityBatch",
            (json, request) =>
            {
                json.Set("QueueUrl", request.QueueUrl);
                json.Set("Entries", request.Entries, (item, entry) =>
                {
                    item.Set("Id", entry.Id);
                    item.Set("ReceiptHandle", entry.ReceiptHandle);
                    item.Set("VisibilityTimeout", entry.VisibilityTimeout);
                });
            },
            json => new ChangeMessageVisibilityBatchResponse
            {
                Successful = json.List(
                    "Successful", item => new ChangeMessageVisibilityBatchResultEntry { Id = item.Text("Id") }),
                Failed = json.List("Failed", Failed),
            });

    public static readonly InvokeOptions DeleteMessage = JsonProtocol.Operation<DeleteMessageRequest>(
        "DeleteMessage",
        (json, request) =>
        {
            json.Set("QueueUrl", request.QueueUrl);
            json.Set("ReceiptHandle", request.ReceiptHandle);
        },
        _ => new DeleteMessageResponse());

    public static readonly InvokeOptions DeleteMessageBatch = JsonProtocol.Operation<DeleteMessageBatchRequest>(
        "DeleteMessageBatch",
        (json, request) =>
        {
            json.Set("QueueUrl", request.QueueUrl);
            json.Set("Entries", request.Entries, (item, entry) =>
            {
                item.Set("Id", entry.Id);
                item.Set("ReceiptHandle", entry.ReceiptHandle);
            });
        },
        json => new DeleteMessageBatchResponse
        {
            Successful = json.List("Successful", item => new DeleteMessageBatchResultEntry { Id = item.Text("Id") }),
            Failed = json.List("Failed", Failed),
        });

    public static readonly InvokeOptions GetQueueAttributes = JsonProtocol.Operation<GetQueueAttributesRequest>(
        "GetQueueAttributes",
        (json, request) =>
        {
            json.Set("QueueUrl", request.QueueUrl);
            json.Set("AttributeNames", request.AttributeNames);
        },
        json => new GetQueueAttributesResponse { Attributes = json.Map("Attributes", value => value.GetString()) });

    public static readonly InvokeOptions GetQueueUrl = JsonProtocol.Operation<GetQueueUrlRequest>(
        "GetQueueUrl",
        (json, request) =>
        {
            json.Set("QueueName", request.QueueName);
            json.Set("QueueOwnerAWSAccountId", request.QueueOwnerAWSAccountId);
        },
        json => new GetQueueUrlResponse { QueueUrl = json.Text("QueueUrl") });

    public static readonly InvokeOptions ReceiveMessage = JsonProtocol.Operation<ReceiveMessageRequest>(
        "ReceiveMessage",
        (json, request) =>
        {
            json.Set("QueueUrl", request.QueueUrl);
            json.Set("MaxNumberOfMessages", request.MaxNumberOfMessages);
            json.Set("MessageAttributeNames", request.MessageAttributeNames);
            json.Set("MessageSystemAttributeNames", request.MessageSystemAttributeNames);
            json.Set("VisibilityTimeout", request.VisibilityTimeout);
            json.Set("WaitTimeSeconds", request.WaitTimeSeconds);
        },
        json => new ReceiveMessageResponse { Messages = json.List("Messages", ReadMessage) });

    public static readonly InvokeOptions SendMessage = JsonProtocol.Operation<SendMessageRequest>(
        "SendMessage",
        (json, request) =>
        {
            json.Set("QueueUrl", request.QueueUrl);
            json.Set("MessageBody", request.MessageBody);
            json.Set("MessageAttributes", request.MessageAttributes);
        },
        json => new SendMessageResponse
        {
            MessageId = json.Text("MessageId"),
            MD5OfMessageBody = json.Text("MD5OfMessageBody"),
        });

    public static readonly InvokeOptions SendMessageBatch = JsonProtocol.Operation<SendMessageBatchRequest>(
        "SendMessageBatch",
        (json, request) =>
        {
            json.Set("QueueUrl", request.QueueUrl);
            json.Set("Entries", request.Entries, (item, entry) =>
            {
                item.Set("Id", entry.Id);
                item.Set("MessageBody", entry.MessageBody);
                item.Set("MessageAttributes", entry.MessageAttributes);
            });
        },
        json => new SendMessageBatchResponse
        {
            Successful = json.List("Successful", item => new SendMessageBatchResultEntry
            {
                Id = item.Text("Id"),
                MessageId = item.Text("MessageId"),
                MD5OfMessageBody = item.Text("MD5OfMessageBody"),
            }),
            Failed = json.List("Failed", Failed),
        });

    private static BatchResultErrorEntry Failed(JsonElement item) => new()
    {
        Id = item.Text("Id"),
        Code = item.Text("Code"),
        Message = item.Text("Message"),
        SenderFault = item.Flag("SenderFault"),
    };

    private static Message ReadMessage(JsonElement item) => new()
    {
        MessageId = item.Text("MessageId"),
        ReceiptHandle = item.Text("ReceiptHandle"),
        Body = item.Text("Body"),
        MD5OfBody = item.Text("MD5OfBody"),
        Attributes = item.Map("Attributes", value => value.GetString()),
        MessageAttributes = item.Map("MessageAttributes", value => new MessageAttributeValue
        {
            DataType = value.Text("DataType"),
            StringValue = value.Text("StringValue"),
            BinaryValue = value.Text("BinaryValue") is { } base64
                ? new MemoryStream(Convert.FromBase64String(base64))
                : null,
        }),
    };
}
