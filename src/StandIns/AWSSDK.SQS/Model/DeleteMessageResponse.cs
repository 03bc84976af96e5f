using Amazon.Runtime;

namespace Amazon.SQS.Model;

/// <summary>The message is deleted.</summary>
public partial class DeleteMessageResponse : AmazonWebServiceResponse;
