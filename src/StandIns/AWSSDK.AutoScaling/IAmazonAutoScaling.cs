using Amazon.AutoScaling.Model;
using Amazon.Runtime;

namespace Amazon.AutoScaling;

/// <summary>The operations of EC2 Auto Scaling that the program uses.</summary>
public partial interface IAmazonAutoScaling : IAmazonService, IDisposable
{
    static ClientConfig IAmazonService.CreateDefaultClientConfig() => new AmazonAutoScalingConfig();

    static IAmazonService IAmazonService.CreateDefaultServiceClient(
        AWSCredentials awsCredentials, ClientConfig clientConfig) =>
        new AmazonAutoScalingClient(awsCredentials, (AmazonAutoScalingConfig)clientConfig);

    Task<CompleteLifecycleActionResponse> CompleteLifecycleActionAsync(
        CompleteLifecycleActionRequest request, CancellationToken cancellationToken = default);

    Task<DescribeAutoScalingGroupsResponse> DescribeAutoScalingGroupsAsync(
        DescribeAutoScalingGroupsRequest request, CancellationToken cancellationToken = default);

    Task<DescribeAutoScalingInstancesResponse> DescribeAutoScalingInstancesAsync(
        DescribeAutoScalingInstancesRequest request, CancellationToken cancellationToken = default);

    Task<DescribeLifecycleHooksResponse> DescribeLifecycleHooksAsync(
        DescribeLifecycleHooksRequest request, CancellationToken cancellationToken = default);

    Task<RecordLifecycleActionHeartbeatResponse> RecordLifecycleActionHeartbeatAsync(
        RecordLifecycleActionHeartbeatRequest request, CancellationToken cancellationToken = default);

    Task<SetInstanceHealthResponse> SetInstanceHealthAsync(
        SetInstanceHealthRequest request, CancellationToken cancellationToken = default);
}
