namespace Amazon.SQS.Model;

/// <summary>One message whose visibility was changed.</summary>
public partial class ChangeMessageVisibilityBatchResultEntry
{
    public string Id { get; set; }
}
