#nullable enable
using System.Net;
using System.Text.Json;
using Amazon.Runtime;
using Amazon.Runtime.Internal.Transform;
using Amazon.SQS.Model;

namespace Amazon.SQS;

internal static class SQSErrors
{
    public static AmazonSQSException ToException(
        JsonElement error, IWebResponseData headers, Exception? inner, HttpStatusCode status)
    {
        // "com.amazonaws.sqs#QueueDoesNotExist"
        var type = error.Text("__type")?.Split('#')[^1];
        // "AWS.SimpleQueueService.NonExistentQueue;Sender"
        var query = Header(headers, "x-amzn-query-error")?.Split(';');
        var code = query?[0] ?? type;
        var blame = query is [_, "Receiver"] || (int)status >= 500 ? ErrorType.Receiver : ErrorType.Sender;
        var message = error.Text("message") ?? error.Text("Message") ?? type ?? $"HTTP status {(int)status}";
        var id = Header(headers, "x-amzn-RequestId");
        return type switch
        {
            "QueueDoesNotExist" => new QueueDoesNotExistException(message, inner, blame, code, id, status),
            "ReceiptHandleIsInvalid" => new ReceiptHandleIsInvalidException(message, inner, blame, code, id, status),
            "MessageNotInflight" => new MessageNotInflightException(message, inner, blame, code, id, status),
            _ => new AmazonSQSException(message, inner, blame, code, id, status),
        };
    }

    private static string? Header(IWebResponseData headers, string name) =>
        headers.IsHeaderPresent(name) ? headers.GetHeaderValue(name) : null;
}
