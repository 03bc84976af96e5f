namespace Amazon.SQS.Model;

/// <summary>Sets how many seconds from now a message stays hidden.</summary>
public partial class ChangeMessageVisibilityRequest : AmazonSQSRequest
{
    public string QueueUrl { get; set; }

    public string ReceiptHandle { get; set; }

    public int? VisibilityTimeout { get; set; }
}
