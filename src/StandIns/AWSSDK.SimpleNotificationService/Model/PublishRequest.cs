namespace Amazon.SimpleNotificationService.Model;

/// <summary>Publishes a message; with the structure "json" the message is an object of one text a protocol.</summary>
public partial class PublishRequest : AmazonSimpleNotificationServiceRequest
{
    public string TopicArn { get; set; }

    public string Message { get; set; }

    public string Subject { get; set; }

    public string MessageStructure { get; set; }

    public Dictionary<string, MessageAttributeValue> MessageAttributes { get; set; }
}
