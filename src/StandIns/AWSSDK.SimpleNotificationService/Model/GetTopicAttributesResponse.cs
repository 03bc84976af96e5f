using Amazon.Runtime;

namespace Amazon.SimpleNotificationService.Model;

/// <summary>A topic's attributes by name.</summary>
public partial class GetTopicAttributesResponse : AmazonWebServiceResponse
{
    public Dictionary<string, string> Attributes { get; set; }
}
