namespace Amazon.SQS.Model;

/// <summary>Sends up to ten messages, 1 MiB together.</summary>
public partial class SendMessageBatchRequest : AmazonSQSRequest
{
    public string QueueUrl { get; set; }

    public List<SendMessageBatchRequestEntry> Entries { get; set; }
}
