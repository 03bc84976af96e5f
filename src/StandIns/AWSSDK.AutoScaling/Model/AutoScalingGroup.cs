namespace Amazon.AutoScaling.Model;

/// <summary>A group and its instances.</summary>
public partial class AutoScalingGroup
{
    public string AutoScalingGroupName { get; set; }

    public string AutoScalingGroupARN { get; set; }

    public int? MinSize { get; set; }

    public int? MaxSize { get; set; }

    public int? DesiredCapacity { get; set; }

    public List<Instance> Instances { get; set; }
}
