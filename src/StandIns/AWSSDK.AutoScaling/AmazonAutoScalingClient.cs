using Amazon.AutoScaling.Model;
using Amazon.Runtime;
using Amazon.Runtime.Internal;
using StandIns;

namespace Amazon.AutoScaling;

/// <summary>EC2 Auto Scaling over AWSSDK.Core's pipeline: credentials, signing, retries and endpoints are Core's.</summary>
public partial class AmazonAutoScalingClient : AmazonServiceClient, IAmazonAutoScaling
{
    private static readonly IServiceMetadata Metadata = new ServiceMetadata("Auto Scaling");

    public AmazonAutoScalingClient()
        : base(new AmazonAutoScalingConfig())
    {
    }

    public AmazonAutoScalingClient(RegionEndpoint region)
        : base(new AmazonAutoScalingConfig { RegionEndpoint = region })
    {
    }

    public AmazonAutoScalingClient(AmazonAutoScalingConfig config)
        : base(config)
    {
    }

    public AmazonAutoScalingClient(AWSCredentials credentials)
        : this(credentials, new AmazonAutoScalingConfig())
    {
    }

    public AmazonAutoScalingClient(AWSCredentials credentials, RegionEndpoint region)
        : this(credentials, new AmazonAutoScalingConfig { RegionEndpoint = region })
    {
    }

    public AmazonAutoScalingClient(
        AWSCredentials credentials, AmazonAutoScalingConfig clientConfig)
        : base(credentials, clientConfig)
    {
    }

    protected override IServiceMetadata ServiceMetadata => Metadata;

    public virtual Task<CompleteLifecycleActionResponse> CompleteLifecycleActionAsync(
        CompleteLifecycleActionRequest request, CancellationToken cancellationToken = default) =>
        InvokeAsync<CompleteLifecycleActionResponse>(request, Operations.CompleteLifecycleAction, cancellationToken);

    public virtual Task<DescribeAutoScalingGroupsResponse> DescribeAutoScalingGroupsAsync(
        DescribeAutoScalingGroupsRequest request, CancellationToken cancellationToken = default) =>
        InvokeAsync<DescribeAutoScalingGroupsResponse>(request, Operations.DescribeAutoScalingGroups, cancellationToken);

    public virtual Task<DescribeAutoScalingInstancesResponse> DescribeAutoScalingInstancesAsync(
        DescribeAutoScalingInstancesRequest request, CancellationToken cancellationToken = default) =>
        InvokeAsync<DescribeAutoScalingInstancesResponse>(request, Operations.DescribeAutoScalingInstances, cancellationToken);

    public virtual Task<DescribeLifecycleHooksResponse> DescribeLifecycleHooksAsync(
        DescribeLifecycleHooksRequest request, CancellationToken cancellationToken = default) =>
        InvokeAsync<DescribeLifecycleHooksResponse>(request, Operations.DescribeLifecycleHooks, cancellationToken);

    public virtual Task<RecordLifecycleActionHeartbeatResponse> RecordLifecycleActionHeartbeatAsync(
        RecordLifecycleActionHeartbeatRequest request, CancellationToken cancellationToken = default) =>
        InvokeAsync<RecordLifecycleActionHeartbeatResponse>(request, Operations.RecordLifecycleActionHeartbeat, cancellationToken);

    public virtual Task<SetInstanceHealthResponse> SetInstanceHealthAsync(
        SetInstanceHealthRequest request, CancellationToken cancellationToken = default) =>
        InvokeAsync<SetInstanceHealthResponse>(request, Operations.SetInstanceHealth, cancellationToken);

    protected override void CustomizeRuntimePipeline(RuntimePipeline pipeline) => RegionalPipeline.Customize(pipeline);
}
