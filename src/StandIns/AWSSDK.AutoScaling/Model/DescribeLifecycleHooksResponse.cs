using Amazon.Runtime;

namespace Amazon.AutoScaling.Model;

/// <summary>The lifecycle hooks of a group.</summary>
public partial class DescribeLifecycleHooksResponse : AmazonWebServiceResponse
{
    public List<LifecycleHook> LifecycleHooks { get; set; }
}
