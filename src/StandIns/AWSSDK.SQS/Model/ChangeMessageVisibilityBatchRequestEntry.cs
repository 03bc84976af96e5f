namespace Amazon.SQS.Model;

/// <summary>One message and its seconds of invisibility from now; the id is the caller's own.</summary>
public partial class ChangeMessageVisibilityBatchRequestEntry
{
    public string Id { get; set; }

    public string ReceiptHandle { get; set; }

    public int? VisibilityTimeout { get; set; }
}
