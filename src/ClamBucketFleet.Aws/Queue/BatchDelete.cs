using System.Globalization;
using Amazon.SQS.Model;

namespace ClamBucketFleet.Aws.Queue;

/// <summary>Deleting several messages in one request, each of which may fail by itself.</summary>
internal static class BatchDelete
{
    public static DeleteMessageBatchRequest Request(string url, IReadOnlyList<QueueMessage> messages) => new()
    {
        QueueUrl = url,
        Entries =
        [
            .. messages.Select((message, index) => new DeleteMessageBatchRequestEntry
            {
                Id = EntryId(index),
                ReceiptHandle = message.ReceiptHandle,
            }),
        ],
    };

    /// <summary>
    /// The messages of which the answer does not say that they are done with; one that it does not name at all is
    /// among them.
    /// </summary>
    public static IReadOnlyList<QueueMessage> Refused(
        IReadOnlyList<QueueMessage> messages, DeleteMessageBatchResponse response)
    {
        var done = (response.Successful ?? []).Select(entry => entry.Id)
            .Concat((response.Failed ?? []).Where(entry => IsStaleReceipt(entry.Code)).Select(entry => entry.Id))
            .ToHashSet(StringComparer.Ordinal);
        return [.. messages.Where((_, index) => !done.Contains(EntryId(index)))];
    }

    /// <summary>Whether the code says that a receipt is not valid any more: expired, or no receipt of this queue.</summary>
    public static bool IsStaleReceipt(string code) =>
        code is "ReceiptHandleIsInvalid" or "InvalidParameterValue" or "InvalidParameterValueException";

    private static string EntryId(int index) => index.ToString(CultureInfo.InvariantCulture);
}
