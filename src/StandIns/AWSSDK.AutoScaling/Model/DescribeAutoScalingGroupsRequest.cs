namespace Amazon.AutoScaling.Model;

/// <summary>Asks for groups.</summary>
public partial class DescribeAutoScalingGroupsRequest : AmazonAutoScalingRequest
{
    public List<string> AutoScalingGroupNames { get; set; }

    public int? MaxRecords { get; set; }

    public string NextToken { get; set; }
}
