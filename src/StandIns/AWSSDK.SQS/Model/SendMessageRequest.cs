namespace Amazon.SQS.Model;

/// <summary>Sends one message.</summary>
public partial class SendMessageRequest : AmazonSQSRequest
{
    public string QueueUrl { get; set; }

    public string MessageBody { get; set; }

    public Dictionary<string, MessageAttributeValue> MessageAttributes { get; set; }
}
