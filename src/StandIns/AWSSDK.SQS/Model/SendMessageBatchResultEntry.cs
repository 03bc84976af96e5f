namespace Amazon.SQS.Model;

/// <summary>One message that is on the queue.</summary>
public partial class SendMessageBatchResultEntry
{
    public string Id { get; set; }

    public string MessageId { get; set; }

    public string MD5OfMessageBody { get; set; }
}
