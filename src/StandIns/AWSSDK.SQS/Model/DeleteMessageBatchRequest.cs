namespace Amazon.SQS.Model;

/// <summary>Deletes up to ten messages.</summary>
public partial class DeleteMessageBatchRequest : AmazonSQSRequest
{
    public string QueueUrl { get; set; }

    public List<DeleteMessageBatchRequestEntry> Entries { get; set; }
}
