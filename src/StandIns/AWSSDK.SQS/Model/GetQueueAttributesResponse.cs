using Amazon.Runtime;

namespace Amazon.SQS.Model;

/// <summary>A queue's attributes by name.</summary>
public partial class GetQueueAttributesResponse : AmazonWebServiceResponse
{
    public Dictionary<string, string> Attributes { get; set; }
}
