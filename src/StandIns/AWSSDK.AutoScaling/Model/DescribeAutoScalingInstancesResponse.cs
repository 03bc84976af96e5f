using Amazon.Runtime;

namespace Amazon.AutoScaling.Model;

/// <summary>Instances of groups.</summary>
public partial class DescribeAutoScalingInstancesResponse : AmazonWebServiceResponse
{
    public List<AutoScalingInstanceDetails> AutoScalingInstances { get; set; }

    public string NextToken { get; set; }
}
