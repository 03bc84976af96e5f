using Amazon.Runtime;

namespace Amazon.SQS.Model;

/// <summary>What every request to SQS is.</summary>
public partial class AmazonSQSRequest : AmazonWebServiceRequest;
