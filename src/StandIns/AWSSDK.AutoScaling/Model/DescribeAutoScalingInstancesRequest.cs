namespace Amazon.AutoScaling.Model;

/// <summary>Asks for instances of groups, up to fifty by id.</summary>
public partial class DescribeAutoScalingInstancesRequest : AmazonAutoScalingRequest
{
    public List<string> InstanceIds { get; set; }

    public int? MaxRecords { get; set; }

    public string NextToken { get; set; }
}
