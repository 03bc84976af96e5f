namespace Amazon.SQS.Model;

/// <summary>One message that was deleted.</summary>
public partial class DeleteMessageBatchResultEntry
{
    public string Id { get; set; }
}
