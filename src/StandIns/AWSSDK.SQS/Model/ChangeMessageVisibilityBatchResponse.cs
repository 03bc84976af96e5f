using Amazon.Runtime;

namespace Amazon.SQS.Model;

/// <summary>Which visibilities were changed, and which were not.</summary>
public partial class ChangeMessageVisibilityBatchResponse : AmazonWebServiceResponse
{
    public List<ChangeMessageVisibilityBatchResultEntry> Successful { get; set; }

    public List<BatchResultErrorEntry> Failed { get; set; }
}
