namespace Amazon.SQS.Model;

/// <summary>One message to send; the id is the caller's own.</summary>
public partial class SendMessageBatchRequestEntry
{
    public string Id { get; set; }

    public string MessageBody { get; set; }

    public Dictionary<string, MessageAttributeValue> MessageAttributes { get; set; }
}
