namespace Amazon.SQS.Model;

/// <summary>Sets the visibility of up to ten messages.</summary>
public partial class ChangeMessageVisibilityBatchRequest : AmazonSQSRequest
{
    public string QueueUrl { get; set; }

    public List<ChangeMessageVisibilityBatchRequestEntry> Entries { get; set; }
}
