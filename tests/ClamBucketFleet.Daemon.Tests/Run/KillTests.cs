using System.Text;
using ClamBucketFleet.TestKit;
using Shouldly;
using Xunit;

namespace ClamBucketFleet.Daemon.Tests.Run;

/// <summary>Twenty objects, every other one infected, and a death in the middle.</summary>
public sealed class KillTests(MotoFixture moto)
{
    private const int Count = 20;
    private const int AtOnce = 8;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact(Timeout = 120_000)]
    public async Task After_kill_9_of_the_daemon_a_new_one_does_what_was_left()
    {
        await using var clamd = await ClamdServer.StartAsync(Cancellation);
        await using var scene = await Scene.CreateAsync(moto.Server, clamd, Cancellation);
        var bucket = await scene.BucketAsync();
        var daemon = await StartAsync(scene);
        await HalfAsync(scene, bucket, clamd);

        await daemon.KillAsync();
        clamd.Resume();
        await StartAsync(scene);

        await AllIsDoneAsync(scene, bucket);
    }

    [Fact(Timeout = 120_000)]
    public async Task After_kill_9_of_clamd_the_daemon_waits_for_the_new_one_and_goes_on()
    {
        await using var clamd = await ClamdServer.StartAsync(Cancellation);
        await using var scene = await Scene.CreateAsync(moto.Server, clamd, Cancellation);
        var bucket = await scene.BucketAsync();
        var daemon = await StartAsync(scene);
        await HalfAsync(scene, bucket, clamd);

        await clamd.KillAsync();
        await daemon.LogsAsync("No work is taken", Cancellation);
        await clamd.RestartAsync(Cancellation);

        await AllIsDoneAsync(scene, bucket);
        daemon.Process.HasExited.ShouldBeFalse();
    }

    private static async Task<RunningDaemon> StartAsync(Scene scene)
    {
        var daemon = scene.Start(
            ("Scan:Concurrency", $"{AtOnce}"),
            ("Queue:VisibilityTimeout", "3s"),
            ("Alerts:Publish", "infected,unscannable,error,clean"));
        await daemon.IsReadyAsync(Cancellation);
        return daemon;
    }

    // Six are done, as many as can be are in work, the others wait.
    private static async Task HalfAsync(Scene scene, string bucket, ClamdServer clamd)
    {
        for (var i = 0; i < 6; i++) await scene.PutAsync(bucket, $"k{i}", Content(i));
        await scene.AlertedAsync(alerts => alerts.Count >= 6);
        await scene.WorkedOffAsync();
        clamd.Suspend();
        for (var i = 6; i < Count; i++) await scene.PutAsync(bucket, $"k{i}", Content(i));
        await scene.DepthsBecomeAsync(Count - 6 - AtOnce, AtOnce);
    }

    private static byte[] Content(int number)
        => [.. IsInfected(number) ? Eicar.Bytes : [], .. Encoding.UTF8.GetBytes($"number {number}\n")];

    private static bool IsInfected(int number) => number % 2 == 0;

    private static async Task AllIsDoneAsync(Scene scene, string bucket)
    {
        await scene.AlertedAsync(alerts => alerts.Select(alert => alert.Key).Distinct().Count() == Count);
        await scene.WorkedOffAsync();
        for (var i = 0; i < Count; i++)
        {
            (await scene.ReadAsync(bucket, $"k{i}")).ShouldBe(IsInfected(i) ? null : Content(i));
            scene.Alerts.Where(alert => alert.Key == $"k{i}").ShouldAllBe(
                alert => alert.Status == (IsInfected(i) ? "INFECTED" : "CLEAN") && alert.Error == null);
        }
        (await scene.DepthsAsync(scene.DeadLetterUrl)).ShouldBe((0, 0));
    }
}
