using Amazon.Runtime;

namespace Amazon.SQS.Model;

/// <summary>A queue's URL.</summary>
public partial class GetQueueUrlResponse : AmazonWebServiceResponse
{
    public string QueueUrl { get; set; }
}
