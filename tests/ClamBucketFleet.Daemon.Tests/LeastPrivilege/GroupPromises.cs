using System.Text;
using ClamBucketFleet.Daemon.Tests.Run;
using ClamBucketFleet.TestKit;
using Shouldly;

namespace ClamBucketFleet.Daemon.Tests.LeastPrivilege;

/// <summary>What the daemon on an instance in a group promises for the instance's end.</summary>
internal static class GroupPromises
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>The group waits as long as a scan is in hand, and goes on when it has ended.</summary>
    public static async Task HasItsGroupWaitForAScan(Bench bench)
    {
        await using var clamd = await ClamdServer.StartAsync(Cli.Stage.Cancellation);
        bench.Stage.With(clamd);
        await using var instance = await InstanceInGroup.StartAsync(bench);
        var bucket = await bench.BucketAsync();
        await using var daemon = new RunningDaemon(bench.Start("run"));
        await daemon.IsReadyAsync(Cli.Stage.Cancellation);
        // An engine that hangs makes any scan a long one.
        clamd.Suspend();
        await bench.Aws.PutAsync(bucket, "in/long", Encoding.UTF8.GetBytes("clean\n"));
        await bench.RequestAsync(bucket, "in/long");
        await Eventually.UntilAsync(async _ => await bench.InFlightAsync() == 1, Patience, Cli.Stage.Cancellation);

        await instance.TerminateAsync();
        await Eventually.UntilAsync(
            async _ => (await instance.EndingAsync()).Heartbeats > 0 || (await bench.Session.RefusedAsync()).Count > 0,
            Patience, Cli.Stage.Cancellation);
        var held = await instance.EndingAsync();
        clamd.Resume();
        await daemon.EndsWellAsync(Cli.Stage.Cancellation);

        held.Heartbeats.ShouldBeGreaterThan(0, daemon.Process.Error.ToString());
        held.Result.ShouldBeNull();
        (await instance.EndingAsync()).Result.ShouldBe("CONTINUE", daemon.Process.Error.ToString());
        (await bench.AlertsAsync()).ShouldBe(["CLEAN NONE in/long"], daemon.Process.Error.ToString());
    }

    public static async Task IsReplacedOnARebalanceRecommendation(Bench bench)
    {
        await using var instance = await InstanceInGroup.StartAsync(bench);
        await using var daemon = new RunningDaemon(bench.Start("run"));
        await daemon.IsReadyAsync(Cli.Stage.Cancellation);

        // The notice has whole seconds, and one from before the daemon's start would not count.
        instance.Metadata.RecommendRebalance(TimeProvider.System.GetUtcNow() + TimeSpan.FromSeconds(2));
        await Eventually.UntilAsync(
            async _ => await instance.HealthAsync() == "Unhealthy" || daemon.Process.HasExited, Patience, Cli.Stage.Cancellation);

        (await instance.HealthAsync()).ShouldBe("Unhealthy", daemon.Process.Error.ToString());
        instance.Metadata.SetTargetState("Terminated");
        await daemon.EndsWellAsync(Cli.Stage.Cancellation);
    }
}
