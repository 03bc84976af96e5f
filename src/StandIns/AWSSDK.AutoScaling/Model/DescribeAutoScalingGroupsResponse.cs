using Amazon.Runtime;

namespace Amazon.AutoScaling.Model;

/// <summary>Groups.</summary>
public partial class DescribeAutoScalingGroupsResponse : AmazonWebServiceResponse
{
    public List<AutoScalingGroup> AutoScalingGroups { get; set; }

    public string NextToken { get; set; }
}
