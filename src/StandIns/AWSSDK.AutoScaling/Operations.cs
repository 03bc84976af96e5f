#nullable enable
using System.Globalization;
using System.Xml.Linq;
using Amazon.AutoScaling.Model;
using Amazon.Runtime;
using Amazon.Runtime.Internal;
using StandIns;

namespace Amazon.AutoScaling;

/// <summary>How each operation of EC2 Auto Scaling is written and read.</summary>
internal static class Operations
{
    public static readonly InvokeOptions CompleteLifecycleAction = Operation<CompleteLifecycleActionRequest>(
        "CompleteLifecycleAction",
        (form, request) =>
        {
            form.Set("AutoScalingGroupName", request.AutoScalingGroupName);
            form.Set("LifecycleHookName", request.LifecycleHookName);
            form.Set("InstanceId", request.InstanceId);
            form.Set("LifecycleActionToken", request.LifecycleActionToken);
            form.Set("LifecycleActionResult", request.LifecycleActionResult);
        },
        _ => new CompleteLifecycleActionResponse());

    public static readonly InvokeOptions DescribeAutoScalingGroups = Operation<DescribeAutoScalingGroupsRequest>(
        "DescribeAutoScalingGroups",
        (form, request) =>
        {
            form.SetList("AutoScalingGroupNames", request.AutoScalingGroupNames);
            form.Set("MaxRecords", Text(request.MaxRecords));
            form.Set("NextToken", request.NextToken);
        },
        result => new DescribeAutoScalingGroupsResponse
        {
            AutoScalingGroups = result.List("AutoScalingGroups", ReadGroup),
            NextToken = result.Text("NextToken"),
        });

    public static readonly InvokeOptions DescribeAutoScalingInstances = Operation<DescribeAutoScalingInstancesRequest>(
        "DescribeAutoScalingInstances",
        (form, request) =>
        {
            form.SetList("InstanceIds", request.InstanceIds);
            form.Set("MaxRecords", Text(request.MaxRecords));
            form.Set("NextToken", request.NextToken);
        },
        result => new DescribeAutoScalingInstancesResponse
        {
            AutoScalingInstances = result.List("AutoScalingInstances", member => new AutoScalingInstanceDetails
            {
                AutoScalingGroupName = member.Text("AutoScalingGroupName"),
                InstanceId = member.Text("InstanceId"),
                InstanceType = member.Text("InstanceType"),
                AvailabilityZone = member.Text("AvailabilityZone"),
                LifecycleState = member.Text("LifecycleState"),
                HealthStatus = member.Text("HealthStatus"),
            }),
            NextToken = result.Text("NextToken"),
        });

    public static readonly InvokeOptions DescribeLifecycleHooks = Operation<DescribeLifecycleHooksRequest>(
        "DescribeLifecycleHooks",
        (form, request) =>
        {
            form.Set("AutoScalingGroupName", request.AutoScalingGroupName);
            form.SetList("LifecycleHookNames", request.LifecycleHookNames);
        },
        result => new DescribeLifecycleHooksResponse
        {
            LifecycleHooks = result.List("LifecycleHooks", member => new LifecycleHook
            {
                AutoScalingGroupName = member.Text("AutoScalingGroupName"),
                LifecycleHookName = member.Text("LifecycleHookName"),
                LifecycleTransition = member.Text("LifecycleTransition"),
                DefaultResult = member.Text("DefaultResult"),
                HeartbeatTimeout = Number(member.Text("HeartbeatTimeout")),
                GlobalTimeout = Number(member.Text("GlobalTimeout")),
            }),
        });

    public static readonly InvokeOptions RecordLifecycleActionHeartbeat =
        Operation<RecordLifecycleActionHeartbeatRequest>(
            "RecordLifecycleActionHeartbeat",
            (form, request) =>
            {
                form.Set("AutoScalingGroupName", request.AutoScalingGroupName);
                form.Set("LifecycleHookName", request.LifecycleHookName);
                form.Set("InstanceId", request.InstanceId);
                form.Set("LifecycleActionToken", request.LifecycleActionToken);
            },
            _ => new RecordLifecycleActionHeartbeatResponse());

    public static readonly InvokeOptions SetInstanceHealth = Operation<SetInstanceHealthRequest>(
        "SetInstanceHealth",
        (form, request) =>
        {
            form.Set("InstanceId", request.InstanceId);
            form.Set("HealthStatus", request.HealthStatus);
            form.Set("ShouldRespectGracePeriod", request.ShouldRespectGracePeriod switch
            {
                true => "true",
                false => "false",
                null => null,
            });
        },
        _ => new SetInstanceHealthResponse());

    private static InvokeOptions Operation<TRequest>(
        string action, Action<IRequest, TRequest> write, Func<XElement, AmazonWebServiceResponse> read)
        where TRequest : AmazonWebServiceRequest =>
        QueryProtocol.Operation(action, "2011-01-01", write, read, ToException);

    private static AutoScalingGroup ReadGroup(XElement member) => new()
    {
        AutoScalingGroupName = member.Text("AutoScalingGroupName"),
        AutoScalingGroupARN = member.Text("AutoScalingGroupARN"),
        MinSize = Number(member.Text("MinSize")),
        MaxSize = Number(member.Text("MaxSize")),
        DesiredCapacity = Number(member.Text("DesiredCapacity")),
        Instances = member.List("Instances", instance => new Instance
        {
            InstanceId = instance.Text("InstanceId"),
            InstanceType = instance.Text("InstanceType"),
            AvailabilityZone = instance.Text("AvailabilityZone"),
            LifecycleState = instance.Text("LifecycleState"),
            HealthStatus = instance.Text("HealthStatus"),
        }),
    };

    private static string? Text(int? number) => number?.ToString(CultureInfo.InvariantCulture);

    private static int? Number(string? text) => text is null ? null : int.Parse(text, CultureInfo.InvariantCulture);

    private static AmazonServiceException ToException(ErrorResponse error)
    {
        var (message, inner, type) = (error.Message, error.InnerException, error.Type);
        var (code, id, status) = (error.Code, error.RequestId, error.StatusCode);
        return code == "ResourceContention"
            ? new ResourceContentionException(message, inner, type, code, id, status)
            : new AmazonAutoScalingException(message, inner, type, code, id, status);
    }
}
