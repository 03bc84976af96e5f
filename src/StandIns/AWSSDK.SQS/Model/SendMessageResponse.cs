using Amazon.Runtime;

namespace Amazon.SQS.Model;

/// <summary>The message is on the queue.</summary>
public partial class SendMessageResponse : AmazonWebServiceResponse
{
    public string MessageId { get; set; }

    public string MD5OfMessageBody { get; set; }
}
