using Amazon.Runtime;

namespace Amazon.SQS.Model;

/// <summary>The visibility is changed.</summary>
public partial class ChangeMessageVisibilityResponse : AmazonWebServiceResponse;
