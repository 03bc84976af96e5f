using Amazon.Runtime;

namespace Amazon.AutoScaling.Model;

/// <summary>The health is set.</summary>
public partial class SetInstanceHealthResponse : AmazonWebServiceResponse;
