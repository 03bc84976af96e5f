using Amazon.Runtime;

namespace Amazon.AutoScaling.Model;

/// <summary>What every request to EC2 Auto Scaling is.</summary>
public partial class AmazonAutoScalingRequest : AmazonWebServiceRequest;
