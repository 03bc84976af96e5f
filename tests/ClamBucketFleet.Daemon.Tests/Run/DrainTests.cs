using System.Text;
using ClamBucketFleet.TestKit;
using Shouldly;
using Xunit;

namespace ClamBucketFleet.Daemon.Tests.Run;

public sealed class DrainTests(MotoFixture moto, ClamdFixture clamd)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact(Timeout = 120_000)]
    public async Task A_run_with_drain_works_off_what_waits_and_ends()
    {
        await using var scene = await Scene.CreateAsync(moto.Server, clamd.Server, Cancellation);
        var bucket = await scene.BucketAsync();
        for (var i = 0; i < 25; i++)
            await scene.PutAsync(bucket, $"k{i}", i == 7 ? Eicar.Bytes : Encoding.UTF8.GetBytes($"number {i}\n"));

        var daemon = scene.Start(["--drain", "--idle", "1s"], null);
        await daemon.EndsWellAsync(Cancellation);

        (await scene.DepthsAsync()).ShouldBe((0, 0));
        await scene.AlertedAsync(alerts => alerts.Count == 25);
        scene.Alerts.Single(alert => alert.Status == "INFECTED").Key.ShouldBe("k7");
        (await scene.S3.ListObjectsV2Async(new() { BucketName = bucket }, Cancellation)).S3Objects.Count.ShouldBe(24);
        daemon.Log.ShouldContain(line => line.Contains("The queue has been empty for 1s: done"));
        daemon.Log.ShouldContain(line => line.Contains("0 in work, 25 scanned, 1 infected"));
    }

    [Fact(Timeout = 120_000)]
    public async Task A_run_with_drain_on_an_empty_queue_ends()
    {
        await using var scene = await Scene.CreateAsync(moto.Server, clamd.Server, Cancellation);
        var daemon = scene.Start(["--drain", "--idle", "1s"], null);
        await daemon.EndsWellAsync(Cancellation);
        daemon.Errors.ShouldBeEmpty();
    }
}
