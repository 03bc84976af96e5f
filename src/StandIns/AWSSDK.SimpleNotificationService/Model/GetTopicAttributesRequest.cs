namespace Amazon.SimpleNotificationService.Model;

/// <summary>Asks for the attributes of a topic.</summary>
public partial class GetTopicAttributesRequest : AmazonSimpleNotificationServiceRequest
{
    public string TopicArn { get; set; }
}
