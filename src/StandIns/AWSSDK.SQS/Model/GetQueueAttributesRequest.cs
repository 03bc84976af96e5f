namespace Amazon.SQS.Model;

/// <summary>Asks for attributes of a queue.</summary>
public partial class GetQueueAttributesRequest : AmazonSQSRequest
{
    public string QueueUrl { get; set; }

    public List<string> AttributeNames { get; set; }
}
