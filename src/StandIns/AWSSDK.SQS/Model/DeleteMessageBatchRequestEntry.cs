namespace Amazon.SQS.Model;

/// <summary>One message to delete; the id is the caller's own.</summary>
public partial class DeleteMessageBatchRequestEntry
{
    public string Id { get; set; }

    public string ReceiptHandle { get; set; }
}
