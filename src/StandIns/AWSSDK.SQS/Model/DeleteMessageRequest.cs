namespace Amazon.SQS.Model;

/// <summary>Deletes one message.</summary>
public partial class DeleteMessageRequest : AmazonSQSRequest
{
    public string QueueUrl { get; set; }

    public string ReceiptHandle { get; set; }
}
