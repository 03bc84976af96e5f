using System.Globalization;
using System.Text.Json;
using Amazon.SQS;

namespace ClamBucketFleet.Aws.Queue;

/// <summary>What SQS says of a queue, all of it as strings.</summary>
internal static class QueueAttributes
{
    public static List<string> Names =>
    [
        QueueAttributeName.ApproximateNumberOfMessages,
        QueueAttributeName.ApproximateNumberOfMessagesDelayed,
        QueueAttributeName.ApproximateNumberOfMessagesNotVisible,
        QueueAttributeName.RedrivePolicy,
    ];

    public static QueueFacts Read(Dictionary<string, string> attributes)
    {
        var (maxReceiveCount, deadLetterArn) = ReadRedrive(attributes.GetValueOrDefault(QueueAttributeName.RedrivePolicy));
        // A delayed message waits as well: the queue is not empty with one.
        return new QueueFacts(
            maxReceiveCount,
            deadLetterArn,
            Number(attributes, QueueAttributeName.ApproximateNumberOfMessages)
                + Number(attributes, QueueAttributeName.ApproximateNumberOfMessagesDelayed),
            Number(attributes, QueueAttributeName.ApproximateNumberOfMessagesNotVisible));
    }

    private static (int? MaxReceiveCount, string? DeadLetterArn) ReadRedrive(string? policy)
    {
        if (string.IsNullOrEmpty(policy))
            return (null, null);
        using var json = JsonDocument.Parse(policy);
        // The count is a number or a string, as whoever wrote the policy liked it.
        var count = json.RootElement.TryGetProperty("maxReceiveCount", out var value)
            && int.TryParse(value.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : (int?)null;
        var arn = json.RootElement.TryGetProperty("deadLetterTargetArn", out var target) ? target.GetString() : null;
        return (count, arn);
    }

    private static long Number(Dictionary<string, string> attributes, string name) =>
        long.TryParse(attributes.GetValueOrDefault(name), CultureInfo.InvariantCulture, out var number) ? number : 0;
}
