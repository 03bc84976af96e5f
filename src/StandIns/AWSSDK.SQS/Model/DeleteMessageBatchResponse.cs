using Amazon.Runtime;

namespace Amazon.SQS.Model;

/// <summary>Which messages were deleted, and which were not.</summary>
public partial class DeleteMessageBatchResponse : AmazonWebServiceResponse
{
    public List<DeleteMessageBatchResultEntry> Successful { get; set; }

    public List<BatchResultErrorEntry> Failed { get; set; }
}
