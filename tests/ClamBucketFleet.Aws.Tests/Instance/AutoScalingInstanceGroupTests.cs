using System.Net;
using Amazon.AutoScaling;
using ClamBucketFleet.Aws.Instance;
using ClamBucketFleet.StandIns.Tests;
using ClamBucketFleet.TestKit;
using Shouldly;
using Xunit;
using InstanceMetadata = ClamBucketFleet.TestKit.InstanceMetadata;
using Metadata = ClamBucketFleet.Aws.Instance.InstanceMetadata;

namespace ClamBucketFleet.Aws.Tests.Instance;

public sealed class AutoScalingInstanceGroupTests : IAsyncDisposable
{
    private const int Limit = 60_000;
    private const string Terminating = "autoscaling:EC2_INSTANCE_TERMINATING";

    private readonly FakeAutoScaling _scaling = new();
    private readonly CollectedLog<AutoScalingInstanceGroup> _log = new();
    private readonly LoopbackServer _server = LoopbackServer.For(new InstanceMetadata("eu-west-1"));
    private readonly Metadata _metadata;
    private readonly AutoScalingInstanceGroup _group;
    private string? _region;

    public AutoScalingInstanceGroupTests()
    {
        _metadata = new Metadata(_server.Endpoint, TimeProvider.System);
        _group = GroupOn(_metadata);
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        _group.Dispose();
        _metadata.Dispose();
        await _server.DisposeAsync();
        await _scaling.DisposeAsync();
    }

    [Fact(Timeout = Limit)]
    public async Task The_group_is_found_by_the_instances_id_in_its_region_and_asked_for_once()
    {
        (await _group.FindAsync(Cancellation)).ShouldBe(FakeAutoScaling.Group);
        (await _group.FindAsync(Cancellation)).ShouldBe(FakeAutoScaling.Group);

        _region.ShouldBe("eu-west-1");
        _scaling.Requests.ShouldBe([$"Action=DescribeAutoScalingInstances&InstanceIds.member.1={InstanceMetadata.InstanceId}"]);
    }

    [Fact(Timeout = Limit)]
    public async Task A_machine_in_no_group_has_none_and_is_asked_for_again()
    {
        _scaling.HasInstance = false;
        (await _group.FindAsync(Cancellation)).ShouldBeNull();
        (await _group.ReportUnhealthyAsync(Cancellation)).ShouldBeFalse();
        await _group.ContinueAsync(Cancellation);
        _scaling.Requests.ShouldAllBe(request => request.StartsWith("Action=DescribeAutoScalingInstances&"));

        _scaling.HasInstance = true;
        (await _group.FindAsync(Cancellation)).ShouldBe(FakeAutoScaling.Group);
    }

    [Fact(Timeout = Limit)]
    public async Task A_machine_off_EC2_is_in_no_group()
    {
        using var nobody = new Metadata(new Uri($"http://127.0.0.1:{FreePort.Find()}/"), TimeProvider.System);
        using var group = GroupOn(nobody);
        (await group.FindAsync(Cancellation)).ShouldBeNull();
    }

    [Theory(Timeout = Limit)]
    [InlineData(180, 30)]
    [InlineData(60, 20)]
    [InlineData(6, 5)]
    public async Task The_group_waits_on_well_before_the_hooks_own_time_is_over(int timeout, int expected)
    {
        _scaling.Hooks = [("drain", Terminating, timeout), ("prepare", "autoscaling:EC2_INSTANCE_LAUNCHING", 6)];
        (await _group.KeepWaitingAsync(Cancellation)).ShouldBe(TimeSpan.FromSeconds(expected));
        _scaling.Requests[^1].ShouldBe(
            $"Action=RecordLifecycleActionHeartbeat&AutoScalingGroupName=fleet&InstanceId={InstanceMetadata.InstanceId}&LifecycleHookName=drain");
        _scaling.Count("RecordLifecycleActionHeartbeat").ShouldBe(1);
    }

    [Fact(Timeout = Limit)]
    public async Task Every_hook_for_terminating_instances_is_completed_whatever_becomes_of_the_others()
    {
        _scaling.Hooks = [("one", Terminating, 60), ("prepare", "autoscaling:EC2_INSTANCE_LAUNCHING", 60), ("two", Terminating, 60)];
        await _group.ContinueAsync(Cancellation);

        string Completion(string hook) => "Action=CompleteLifecycleAction&AutoScalingGroupName=fleet"
            + $"&InstanceId={InstanceMetadata.InstanceId}&LifecycleActionResult=CONTINUE&LifecycleHookName={hook}";
        _scaling.Requests.TakeLast(2).ShouldBe([Completion("one"), Completion("two")]);
        _log.Lines.Count(line => line.StartsWith("Information ", StringComparison.Ordinal)).ShouldBe(2);

        _scaling.Errors["CompleteLifecycleAction"] =
            (HttpStatusCode.BadRequest, "ValidationError", "No active Lifecycle Action found");
        var e = await Should.ThrowAsync<TryAgainException>(_group.ContinueAsync(Cancellation));
        e.Message.ShouldBe(
            "Completing the lifecycle hook one of fleet: No active Lifecycle Action found "
            + "Completing the lifecycle hook two of fleet: No active Lifecycle Action found");
        _scaling.Count("CompleteLifecycleAction").ShouldBe(4);
    }

    [Fact(Timeout = Limit)]
    public async Task The_instance_is_reported_unhealthy_without_grace()
    {
        (await _group.ReportUnhealthyAsync(Cancellation)).ShouldBeTrue();
        _scaling.Requests[^1].ShouldBe(
            $"Action=SetInstanceHealth&HealthStatus=Unhealthy&InstanceId={InstanceMetadata.InstanceId}&ShouldRespectGracePeriod=false");
    }

    [Fact(Timeout = Limit)]
    public async Task A_permission_that_is_missing_is_named()
    {
        _scaling.Errors["SetInstanceHealth"] =
            (HttpStatusCode.Forbidden, "AccessDenied", "not authorized to perform: autoscaling:SetInstanceHealth");
        var e = await Should.ThrowAsync<AccessRefusedException>(_group.ReportUnhealthyAsync(Cancellation));
        e.Message.ShouldContain("autoscaling:SetInstanceHealth");
    }

    private AutoScalingInstanceGroup GroupOn(Metadata metadata) => new(
        metadata,
        region =>
        {
            _region = region;
            return new AmazonAutoScalingClient(
                MotoProcess.Credentials,
                new AmazonAutoScalingConfig { ServiceURL = _scaling.Endpoint.ToString(), AuthenticationRegion = "eu-west-1" });
        },
        _log,
        TimeProvider.System);
}
