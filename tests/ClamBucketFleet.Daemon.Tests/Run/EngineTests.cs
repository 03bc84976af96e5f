using System.Text;
using ClamBucketFleet.TestKit;
using Shouldly;
using Xunit;

namespace ClamBucketFleet.Daemon.Tests.Run;

public sealed class EngineTests(MotoFixture moto, ClamdFixture sharedClamd)
{
    private static readonly byte[] Clean = Encoding.UTF8.GetBytes("clean\n");
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact(Timeout = 120_000)]
    public async Task Auto_goes_on_with_clamscan_when_clamd_dies_and_returns_to_it()
    {
        await using var clamd = await ClamdServer.StartAsync(Cancellation);
        await using var scene = await Scene.CreateAsync(moto.Server, clamd, Cancellation);
        var bucket = await scene.BucketAsync();
        var daemon = scene.Start(("Scan:Engine", "auto"), ("Scan:ClamscanPath", Command.Require("clamscan")));
        await daemon.LogsAsync("Scanning with clamd", Cancellation);
        await scene.PutAsync(bucket, "with-clamd", Eicar.Bytes);
        await scene.AlertOnAsync("with-clamd", "INFECTED");

        await clamd.KillAsync();
        await scene.PutAsync(bucket, "with-clamscan", Eicar.Bytes);
        await scene.PutAsync(bucket, "clean", Clean);
        await daemon.LogsAsync("Scanning with clamscan until clamd is back", Cancellation);
        await scene.AlertOnAsync("with-clamscan", "INFECTED");
        await scene.AlertOnAsync("clean", "CLEAN");

        await clamd.RestartAsync(Cancellation);
        await Eventually.UntilAsync(async cancellationToken =>
        {
            // It looks for clamd, now and then, when there is something to scan.
            await scene.RequestAsync(bucket, "clean");
            await scene.WorkedOffAsync();
            return daemon.Log.Count(line => line.EndsWith("Scanning with clamd", StringComparison.Ordinal)) == 2;
        }, Patience, Cancellation);
        await scene.PutAsync(bucket, "again", Eicar.Bytes);
        await scene.AlertOnAsync("again", "INFECTED");

        await daemon.StopsWellAsync(Cancellation);
        daemon.Errors.ShouldBeEmpty();
        scene.Alerts.ShouldAllBe(alert => alert.Status == "CLEAN" == (alert.Key == "clean"));
    }

    [Fact(Timeout = 120_000)]
    public async Task Clamscan_takes_many_objects_at_once()
    {
        const int Count = 30;
        await using var scene = await Scene.CreateAsync(moto.Server, sharedClamd.Server, Cancellation);
        var bucket = await scene.BucketAsync();
        var invocations = scene.PathOf("invocations");
        for (var i = 0; i < Count; i++)
            await scene.PutAsync(bucket, $"k{i}", i % 3 == 0 ? Eicar.Zip : Encoding.UTF8.GetBytes($"number {i}\n"));

        var daemon = scene.Start(
            ["--drain", "--idle", "1s"], null,
            ("Scan:Engine", "clamscan"), ("Scan:Concurrency", $"{Count}"), ("Scan:ClamscanPath", Counting(scene, invocations)));
        await daemon.EndsWellAsync(Cancellation);
        await scene.AlertedAsync(alerts => alerts.Count == Count);

        scene.Alerts.Count(alert => alert.Status == "INFECTED").ShouldBe(Count / 3);
        scene.Alerts.Count(alert => alert.Status == "CLEAN").ShouldBe(Count - Count / 3);
        File.ReadAllLines(invocations).Count(line => line.Contains("--file-list", StringComparison.Ordinal))
            .ShouldBeInRange(2, Count / 2);
        daemon.Errors.ShouldBeEmpty();
    }

    // clamscan itself, with a note of how it was called.
    private static string Counting(Scene scene, string invocations)
    {
        var path = scene.PathOf("counting-clamscan");
        File.WriteAllText(path, $"#!/bin/sh\necho \"$*\" >> {invocations}\nexec {Command.Require("clamscan")} \"$@\"\n");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return path;
    }
}
