using Amazon.Runtime;

namespace Amazon.AutoScaling.Model;

/// <summary>The timeout has started anew.</summary>
public partial class RecordLifecycleActionHeartbeatResponse : AmazonWebServiceResponse;
