using Amazon.Runtime;

namespace Amazon.SQS.Model;

/// <summary>What was received; the list is null where the queue had nothing.</summary>
public partial class ReceiveMessageResponse : AmazonWebServiceResponse
{
    public List<Message> Messages { get; set; }
}
