using ClamBucketFleet.TestKit;
using Shouldly;
using Xunit;

namespace ClamBucketFleet.Daemon.Tests.Run;

public sealed class OutageTests(MotoFixture moto, ClamdFixture clamd)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact(Timeout = 120_000)]
    public async Task The_daemon_outlives_an_outage_of_AWS_and_works_again()
    {
        await using var scene = await Scene.CreateAsync(moto.Server, clamd.Server, Cancellation);
        await using var proxy = new AwsProxy(moto.Server);
        var bucket = await scene.BucketAsync();
        // The answer to a poll that was cut off may hold messages: they come again when their time is over.
        var daemon = scene.Start([], proxy.ForAll, ("Queue:VisibilityTimeout", "3s"));
        await scene.PutAsync(bucket, "before", Eicar.Bytes);
        await scene.AlertOnAsync("before");
        await scene.WorkedOffAsync();

        await proxy.DownAsync();
        await scene.PutAsync(bucket, "during", Eicar.Bytes);
        await daemon.LogsAsync("The queue did not answer; next try in", Cancellation);
        daemon.Process.HasExited.ShouldBeFalse();
        proxy.Up();

        await scene.AlertOnAsync("during");
        await scene.WorkedOffAsync();
        (await scene.ReadAsync(bucket, "during")).ShouldBeNull();
        await daemon.StopsWellAsync(Cancellation);
        daemon.Errors.ShouldBeEmpty();
    }

    [Fact(Timeout = 120_000)]
    public async Task The_status_line_says_that_the_queue_is_away_and_that_it_is_back()
    {
        await using var scene = await Scene.CreateAsync(moto.Server, clamd.Server, Cancellation);
        await using var systemd = new NotifySocket(scene.PathOf("notify"));
        await using var proxy = new AwsProxy(moto.Server);
        var daemon = scene.Start([], new(systemd.Environment.Concat(proxy.ForAll)));
        await systemd.SaysAsync("STATUS=0 in work, 0 scanned, 0 infected, unsigned definitions of ", Cancellation);

        await proxy.DownAsync();
        await systemd.SaysAsync("STATUS=The queue cannot be reached: Receiving from ", Cancellation);
        proxy.Up();

        await Eventually.UntilAsync(
            () => systemd.States[^1].StartsWith("STATUS=0 in work", StringComparison.Ordinal), TimeSpan.FromSeconds(60), Cancellation);
        await daemon.StopsWellAsync(Cancellation);
    }

    [Fact(Timeout = 120_000)]
    public async Task An_outage_in_the_middle_of_an_object_loses_nothing()
    {
        await using var scene = await Scene.CreateAsync(moto.Server, clamd.Server, Cancellation);
        await using var proxy = new AwsProxy(moto.Server);
        var bucket = await scene.BucketAsync();
        var away = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        // The deletion does not reach S3.
        proxy.Before(request => request.Is("DELETE", bucket, "k"), async () =>
        {
            await proxy.DownAsync();
            away.SetResult();
            throw new IOException("away");
        });
        var daemon = scene.Start([], proxy.ForAll, ("Queue:VisibilityTimeout", "5s"));
        await scene.PutAsync(bucket, "k", Eicar.Bytes);
        await away.Task.WaitAsync(Cancellation);
        (await scene.AlertOnAsync("k")).Action.ShouldBe("DELETE");
        (await scene.ReadAsync(bucket, "k")).ShouldBe(Eicar.Bytes);
        await daemon.LogsAsync("The queue did not answer; next try in", Cancellation);
        proxy.Up();

        await scene.WorkedOffAsync();
        (await scene.ReadAsync(bucket, "k")).ShouldBeNull(scene.Logs());
        scene.Alerts.ShouldAllBe(alert => alert.Status == "INFECTED" && alert.Id == scene.Alerts[0].Id);
        (await scene.DepthsAsync(scene.DeadLetterUrl)).ShouldBe((0, 0));
        await daemon.StopsWellAsync(Cancellation);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_daemon_that_cannot_reach_AWS_still_ends_well()
    {
        await using var scene = await Scene.CreateAsync(moto.Server, clamd.Server, Cancellation);
        await using var proxy = new AwsProxy(moto.Server);
        var daemon = scene.Start([], proxy.ForAll);
        await daemon.IsReadyAsync(Cancellation);
        await proxy.DownAsync();
        await daemon.LogsAsync("The queue did not answer; next try in", Cancellation);
        await daemon.StopsWellAsync(Cancellation);
    }
}
