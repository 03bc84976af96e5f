using Amazon.Runtime;

namespace Amazon.SimpleNotificationService.Model;

/// <summary>The message is published.</summary>
public partial class PublishResponse : AmazonWebServiceResponse
{
    public string MessageId { get; set; }
}
