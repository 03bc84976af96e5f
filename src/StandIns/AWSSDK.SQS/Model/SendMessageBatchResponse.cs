using Amazon.Runtime;

namespace Amazon.SQS.Model;

/// <summary>Which messages are on the queue, and which are not.</summary>
public partial class SendMessageBatchResponse : AmazonWebServiceResponse
{
    public List<SendMessageBatchResultEntry> Successful { get; set; }

    public List<BatchResultErrorEntry> Failed { get; set; }
}
