using Amazon.AutoScaling;
using Amazon.AutoScaling.Model;
using Shouldly;
using Xunit;

namespace ClamBucketFleet.StandIns.Tests;

public sealed class AutoScalingTests(MotoProcess moto)
{
    private const int Limit = 60_000;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact(Timeout = Limit)]
    public async Task A_group_and_its_instances_are_described_and_an_instance_is_marked_unhealthy()
    {
        using var scaling = moto.AutoScaling();
        var name = await NewGroupAsync();

        var groups = await scaling.DescribeAutoScalingGroupsAsync(
            new DescribeAutoScalingGroupsRequest { AutoScalingGroupNames = [name] }, Cancellation);
        var group = groups.AutoScalingGroups.ShouldHaveSingleItem();
        group.AutoScalingGroupName.ShouldBe(name);
        (group.MinSize, group.MaxSize, group.DesiredCapacity).ShouldBe((1, 3, 2));
        group.Instances.Count.ShouldBe(2);
        group.Instances[0].LifecycleState.ShouldBe(LifecycleState.InService);

        var id = group.Instances[0].InstanceId;
        await scaling.SetInstanceHealthAsync(
            new SetInstanceHealthRequest
            {
                InstanceId = id,
                HealthStatus = "Unhealthy",
                ShouldRespectGracePeriod = false,
            },
            Cancellation);

        var instances = await scaling.DescribeAutoScalingInstancesAsync(
            new DescribeAutoScalingInstancesRequest { InstanceIds = [id] }, Cancellation);
        var instance = instances.AutoScalingInstances.ShouldHaveSingleItem();
        instance.AutoScalingGroupName.ShouldBe(name);
        instance.LifecycleState.ShouldBe("InService");
        instance.HealthStatus.ToUpperInvariant().ShouldBe("UNHEALTHY");
    }

    [Fact(Timeout = Limit)]
    public async Task No_group_of_that_name_gives_no_groups()
    {
        using var scaling = moto.AutoScaling();
        var answer = await scaling.DescribeAutoScalingGroupsAsync(
            new DescribeAutoScalingGroupsRequest { AutoScalingGroupNames = ["none"] }, Cancellation);
        answer.AutoScalingGroups.ShouldBeNull();
    }

    [Fact(Timeout = Limit)]
    public async Task The_lifecycle_hooks_of_a_group_are_described()
    {
        using var scaling = moto.AutoScaling();
        var name = await NewGroupAsync();
        await moto.CallAsync(
            "autoscaling",
            "RequestId",
            ("Action", "PutLifecycleHook"),
            ("Version", "2011-01-01"),
            ("AutoScalingGroupName", name),
            ("LifecycleHookName", "drain"),
            ("LifecycleTransition", "autoscaling:EC2_INSTANCE_TERMINATING"),
            ("HeartbeatTimeout", "180"),
            ("DefaultResult", "CONTINUE"));

        var answer = await scaling.DescribeLifecycleHooksAsync(
            new DescribeLifecycleHooksRequest { AutoScalingGroupName = name, LifecycleHookNames = ["drain"] }, Cancellation);

        var hook = answer.LifecycleHooks.ShouldHaveSingleItem();
        (hook.AutoScalingGroupName, hook.LifecycleHookName).ShouldBe((name, "drain"));
        hook.LifecycleTransition.ShouldBe("autoscaling:EC2_INSTANCE_TERMINATING");
        (hook.HeartbeatTimeout, hook.DefaultResult).ShouldBe((180, "CONTINUE"));
    }

    [Fact(Timeout = Limit)]
    public async Task A_lifecycle_action_is_kept_waiting_and_completed()
    {
        await using var fake = new FakeService(
            (200, "<RecordLifecycleActionHeartbeatResponse><ResponseMetadata><RequestId>1</RequestId>"
                + "</ResponseMetadata></RecordLifecycleActionHeartbeatResponse>"),
            (200, "<CompleteLifecycleActionResponse><CompleteLifecycleActionResult/>"
                + "<ResponseMetadata><RequestId>2</RequestId></ResponseMetadata></CompleteLifecycleActionResponse>"));
        using var scaling = MotoProcess.AutoScaling(fake.Url);

        await scaling.RecordLifecycleActionHeartbeatAsync(
            new RecordLifecycleActionHeartbeatRequest
            {
                AutoScalingGroupName = "fleet",
                LifecycleHookName = "drain",
                InstanceId = "i-1",
            },
            Cancellation);
        var completed = await scaling.CompleteLifecycleActionAsync(
            new CompleteLifecycleActionRequest
            {
                AutoScalingGroupName = "fleet",
                LifecycleHookName = "drain",
                InstanceId = "i-1",
                LifecycleActionResult = "CONTINUE",
            },
            Cancellation);

        completed.ResponseMetadata.RequestId.ShouldBe("2");
        fake.Requests.ShouldBe(
        [
            "Action=RecordLifecycleActionHeartbeat&AutoScalingGroupName=fleet&InstanceId=i-1"
            + "&LifecycleHookName=drain&Version=2011-01-01",
            "Action=CompleteLifecycleAction&AutoScalingGroupName=fleet&InstanceId=i-1"
            + "&LifecycleActionResult=CONTINUE&LifecycleHookName=drain&Version=2011-01-01",
        ]);
    }

    [Theory(Timeout = Limit)]
    [InlineData("ResourceContention", typeof(ResourceContentionException))]
    [InlineData("ValidationError", typeof(AmazonAutoScalingException))]
    public async Task An_error_is_an_exception_with_its_code(string code, Type expected)
    {
        await using var fake = new FakeService((
            400,
            $"<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code><Message>no</Message></Error></ErrorResponse>"));
        using var scaling = MotoProcess.AutoScaling(fake.Url);
        var e = await Should.ThrowAsync<AmazonAutoScalingException>(scaling.SetInstanceHealthAsync(
            new SetInstanceHealthRequest { InstanceId = "i-1", HealthStatus = "Unhealthy" }, Cancellation));
        e.GetType().ShouldBe(expected);
        e.ErrorCode.ShouldBe(code);
    }

    private async Task<string> NewGroupAsync()
    {
        var (launch, group) = (MotoProcess.Unique(), MotoProcess.Unique());
        await moto.CallAsync(
            "autoscaling",
            "RequestId",
            ("Action", "CreateLaunchConfiguration"),
            ("Version", "2011-01-01"),
            ("LaunchConfigurationName", launch),
            ("ImageId", "ami-12345678"),
            ("InstanceType", "t3.medium"));
        await moto.CallAsync(
            "autoscaling",
            "RequestId",
            ("Action", "CreateAutoScalingGroup"),
            ("Version", "2011-01-01"),
            ("AutoScalingGroupName", group),
            ("LaunchConfigurationName", launch),
            ("MinSize", "1"),
            ("MaxSize", "3"),
            ("DesiredCapacity", "2"),
            ("AvailabilityZones.member.1", "us-east-1a"));
        return group;
    }
}
