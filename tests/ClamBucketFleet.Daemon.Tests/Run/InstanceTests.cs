using System.Net;
using System.Text;
using ClamBucketFleet.TestKit;
using Shouldly;
using Xunit;

namespace ClamBucketFleet.Daemon.Tests.Run;

/// <summary>The daemon on an instance that hears of its end, with a scan in hand that lasts as long as the test wants.</summary>
public sealed class InstanceTests(MotoFixture moto, ClamdFixture sharedClamd) : IAsyncDisposable
{
    private const int Limit = 120_000;
    private const string Completion = "CompleteLifecycleAction";
    private const string Heartbeat = "RecordLifecycleActionHeartbeat";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly InstanceMetadata _instance = new("eu-west-1");
    private readonly FakeAutoScaling _scaling = new();
    private LoopbackServer? _metadata;
    private ClamdServer? _clamd;
    private Scene? _scene;
    private NotifySocket? _systemd;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    private Scene Scene => _scene.ShouldNotBeNull();

    public async ValueTask DisposeAsync()
    {
        if (_scene is not null) await _scene.DisposeAsync();
        if (_systemd is not null) await _systemd.DisposeAsync();
        if (_clamd is not null) await _clamd.DisposeAsync();
        if (_metadata is not null) await _metadata.DisposeAsync();
        await _scaling.DisposeAsync();
    }

    [Fact(Timeout = Limit)]
    public async Task A_Spot_interruption_lets_the_scan_in_hand_end_and_takes_nothing_more()
    {
        var daemon = await ScanningAsync();
        _instance.InterruptAt(Now + TimeSpan.FromMinutes(10));
        await daemon.LogsAsync("Draining for a Spot interruption at ", Cancellation);
        await _systemd!.SaysAsync("STATUS=Draining for a Spot interruption at ", Cancellation);
        daemon.Log.ShouldContain(line => line.EndsWith("Z: 1 in work, up to 100 s left", StringComparison.Ordinal));

        _clamd!.Resume();
        await daemon.EndsWellAsync(Cancellation);
        await Scene.AlertOnAsync("long", "CLEAN");
        daemon.Log.Count(line => line.Contains("Draining for", StringComparison.Ordinal)).ShouldBe(1);
        daemon.Log.ShouldNotContain(line => line.Contains("Stopping: ", StringComparison.Ordinal));
        _scaling.Requests.ShouldBeEmpty();
    }

    [Fact(Timeout = Limit)]
    public async Task A_scan_that_outlasts_the_Spot_instance_is_handed_back_before_its_end()
    {
        var daemon = await ScanningAsync(("Queue:VisibilityTimeout", "10m"));
        var end = Now + TimeSpan.FromSeconds(18);
        _instance.InterruptAt(end);
        await daemon.EndsWellAsync(Cancellation);

        Now.ShouldBeLessThan(end);
        daemon.Log.ShouldContain(line => line.Contains("The time to end work is over: 1 messages are handed back"));
        (await Scene.DepthsAsync()).ShouldBe((1, 0));
    }

    [Fact(Timeout = Limit)]
    public async Task The_group_waits_for_a_scan_in_hand_and_goes_on_when_it_has_ended()
    {
        _scaling.Hooks = [("drain", "autoscaling:EC2_INSTANCE_TERMINATING", 6)];
        var daemon = await ScanningAsync();
        _instance.SetTargetState("Terminated");
        await daemon.LogsAsync("Draining for its group's target state Terminated: 1 in work", Cancellation);
        await Eventually.UntilAsync(() => _scaling.Count(Heartbeat) >= 3, Patience, Cancellation);
        _scaling.Count(Completion).ShouldBe(0);

        _clamd!.Resume();
        await daemon.EndsWellAsync(Cancellation);
        await Scene.AlertOnAsync("long", "CLEAN");
        (await Scene.DepthsAsync()).ShouldBe((0, 0));
        _scaling.Count(Completion).ShouldBe(1);
        _scaling.Requests[^1].ShouldBe(
            $"Action={Completion}&AutoScalingGroupName=fleet&InstanceId={InstanceMetadata.InstanceId}"
            + "&LifecycleActionResult=CONTINUE&LifecycleHookName=drain");
    }

    [Fact(Timeout = Limit)]
    public async Task Work_that_is_handed_back_lets_the_group_go_on_as_well()
    {
        var daemon = await ScanningAsync(("Fleet:Drain", "1s"));
        _instance.SetTargetState("Terminated");
        await daemon.EndsWellAsync(Cancellation);
        (await Scene.DepthsAsync()).ShouldBe((1, 0));
        _scaling.Count(Completion).ShouldBe(1);
    }

    [Fact(Timeout = Limit)]
    public async Task A_group_that_answers_with_errors_keeps_no_drain_from_its_end()
    {
        _scaling.Errors[Heartbeat] = (HttpStatusCode.BadRequest, "Throttling", "Rate exceeded");
        _scaling.Errors[Completion] = (HttpStatusCode.BadRequest, "ValidationError", "No active Lifecycle Action found");
        var daemon = await ScanningAsync();
        _instance.SetTargetState("Terminated");
        await daemon.LogsAsync("Rate exceeded", Cancellation);

        _clamd!.Resume();
        await daemon.EndsWellAsync(Cancellation);
        await Scene.AlertOnAsync("long", "CLEAN");
        daemon.Warnings.ShouldContain(line => line.Contains("No active Lifecycle Action found", StringComparison.Ordinal));
    }

    [Fact(Timeout = Limit)]
    public async Task The_hook_that_a_group_opens_for_a_Spot_interruption_is_completed()
    {
        var daemon = await ScanningAsync();
        _instance.InterruptAt(Now + TimeSpan.FromMinutes(10));
        await daemon.LogsAsync("Draining for a Spot interruption", Cancellation);
        _instance.SetTargetState("Terminated");

        _clamd!.Resume();
        await daemon.EndsWellAsync(Cancellation);
        _scaling.Count(Completion).ShouldBe(1);
    }

    [Fact(Timeout = Limit)]
    public async Task A_rebalance_recommendation_ends_the_work_has_the_instance_replaced_and_completes_the_hook()
    {
        var daemon = await ScanningAsync();
        _instance.RecommendRebalance(Now);
        await daemon.LogsAsync("Draining for a rebalance recommendation of ", Cancellation);
        _scaling.Count("SetInstanceHealth").ShouldBe(0);

        _clamd!.Resume();
        await daemon.LogsAsync("The group was told to replace this instance", Cancellation);
        _instance.SetTargetState("Terminated");
        await daemon.EndsWellAsync(Cancellation);
        await Scene.AlertOnAsync("long", "CLEAN");
        _scaling.Count("SetInstanceHealth").ShouldBe(1);
        _scaling.Count(Completion).ShouldBe(1);
    }

    [Fact(Timeout = Limit)]
    public async Task A_daemon_that_cannot_have_its_instance_replaced_is_started_again_and_works_on()
    {
        _scaling.Errors["SetInstanceHealth"] = (HttpStatusCode.Forbidden, "AccessDenied", "not authorized");
        var daemon = await ScanningAsync();
        _instance.RecommendRebalance(Now);
        await daemon.LogsAsync("Draining for a rebalance recommendation", Cancellation);
        _clamd!.Resume();
        (await daemon.Process.WaitForExitAsync(Cancellation)).ShouldBe(75, daemon.Process.Error.ToString());

        // What stands there is from before its start.
        _instance.RecommendRebalance(Now - TimeSpan.FromSeconds(30));
        var again = Start();
        await again.LogsAsync("Works on in spite of a rebalance recommendation", Cancellation);
        await again.StopsWellAsync(Cancellation);
    }

    [Fact(Timeout = Limit)]
    public async Task Nobody_replaces_a_machine_in_no_group_and_it_works_on()
    {
        _scaling.HasInstance = false;
        var daemon = await ScanningAsync();
        _instance.RecommendRebalance(Now);
        await daemon.LogsAsync("Works on in spite of a rebalance recommendation", Cancellation);
        _clamd!.Resume();
        await Scene.AlertOnAsync("long", "CLEAN");

        _instance.InterruptAt(Now + TimeSpan.FromMinutes(2));
        await daemon.EndsWellAsync(Cancellation);
        daemon.Log.Count(line => line.Contains("Works on in spite", StringComparison.Ordinal)).ShouldBe(1);
    }

    [Fact(Timeout = Limit)]
    public async Task A_stop_by_a_person_tells_the_group_nothing()
    {
        var daemon = await ScanningAsync();
        _instance.SetTargetState("InService");
        daemon.Process.Send(Signal.Terminate);
        await daemon.LogsAsync("Stopping: 1 in work, with up to 100s to end", Cancellation);
        _clamd!.Resume();
        await daemon.EndsWellAsync(Cancellation);
        _scaling.Requests.ShouldBeEmpty();
    }

    [Fact(Timeout = Limit)]
    public async Task A_daemon_that_is_not_ready_yet_lets_the_group_go_on()
    {
        await PrepareAsync(sharedClamd.Server);
        _instance.SetTargetState("Terminated");
        var daemon = Start(("Scan:ClamdAddress", Scene.PathOf("nobody.sock")));
        await daemon.EndsWellAsync(Cancellation);
        _scaling.Count(Completion).ShouldBe(1);
    }

    [Fact(Timeout = Limit)]
    public async Task Metadata_in_trouble_ends_nothing_and_alerts_name_the_instance_before_it()
    {
        await PrepareAsync(sharedClamd.Server);
        var bucket = await Scene.BucketAsync();
        var daemon = Start();
        await daemon.IsReadyAsync(Cancellation);
        await Eventually.UntilAsync(() => _instance.Requests.Count >= 5, Patience, Cancellation);
        _instance.Trouble = HttpStatusCode.ServiceUnavailable;
        await Scene.PutAsync(bucket, "k", Eicar.Bytes);

        var alert = await Scene.AlertOnAsync("k", "INFECTED");
        alert.Json.GetProperty("instance").GetString().ShouldBe(InstanceMetadata.InstanceId);
        await daemon.LogsAsync("No notice of this instance's end is heard while this lasts", Cancellation);
        await daemon.StopsWellAsync(Cancellation);
    }

    [Fact(Timeout = Limit)]
    public async Task Without_metadata_it_says_so_once_and_works()
    {
        await PrepareAsync(sharedClamd.Server);
        await _metadata!.DisposeAsync();
        var bucket = await Scene.BucketAsync();
        var daemon = Start();
        await daemon.IsReadyAsync(Cancellation);
        await Scene.PutAsync(bucket, "k", Eicar.Bytes);
        await Scene.AlertOnAsync("k", "INFECTED");
        await daemon.StopsWellAsync(Cancellation);
        daemon.Log.Count(line => line.Contains("No notice of this machine's end will be heard", StringComparison.Ordinal)).ShouldBe(1);
        daemon.Warnings.Concat(daemon.Errors).ShouldBeEmpty();
    }

    private async Task PrepareAsync(ClamdServer clamd)
    {
        _metadata = LoopbackServer.For(_instance);
        _scene = await Scene.CreateAsync(moto.Server, clamd, Cancellation);
        _systemd = new NotifySocket(_scene.PathOf("notify"));
    }

    private RunningDaemon Start(params (string Key, string Value)[] settings) => Scene.Start(
        [], new(_metadata!.AsMetadata.Concat(_scaling.Environment).Concat(_systemd!.Environment)), settings);

    // An engine that hangs makes any scan a long one.
    private async Task<RunningDaemon> ScanningAsync(params (string Key, string Value)[] settings)
    {
        _clamd = await ClamdServer.StartAsync(Cancellation);
        await PrepareAsync(_clamd);
        var bucket = await Scene.BucketAsync();
        var daemon = Start(settings);
        await daemon.IsReadyAsync(Cancellation);
        await Scene.WorkedOffAsync();
        _clamd.Suspend();
        await Scene.PutAsync(bucket, "long", Encoding.UTF8.GetBytes("clean\n"));
        await Scene.DepthsBecomeAsync(waiting: 0, inFlight: 1);
        return daemon;
    }
}
