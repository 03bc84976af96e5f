namespace Amazon.SQS.Model;

/// <summary>One entry of a batch that failed.</summary>
public partial class BatchResultErrorEntry
{
    public string Id { get; set; }

    public string Code { get; set; }

    public string Message { get; set; }

    public bool? SenderFault { get; set; }
}
