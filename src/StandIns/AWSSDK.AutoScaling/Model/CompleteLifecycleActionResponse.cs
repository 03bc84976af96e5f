using Amazon.Runtime;

namespace Amazon.AutoScaling.Model;

/// <summary>The wait is over.</summary>
public partial class CompleteLifecycleActionResponse : AmazonWebServiceResponse;
