using ClamBucketFleet.TestKit;
using Shouldly;
using Xunit;

namespace ClamBucketFleet.Daemon.Tests.Run;

public sealed class RepeatTests(MotoFixture moto, ClamdFixture clamd)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact(Timeout = 120_000)]
    public async Task A_message_delivered_three_times_deletes_once_and_tells_nothing_wrong()
    {
        await using var scene = await Scene.CreateAsync(moto.Server, clamd.Server, Cancellation);
        await using var proxy = new AwsProxy(moto.Server);
        var bucket = await scene.BucketAsync(connected: false);
        await SendThreeTimesAsync(scene, bucket, await scene.PutAsync(bucket, "k", Eicar.Bytes));

        var daemon = scene.Start([], proxy.ForS3, ("Alerts:Publish", "infected,unscannable,error"));
        await scene.AlertOnAsync("k");
        await scene.WorkedOffAsync();

        proxy.Requests.Count(request => request.Is("DELETE", bucket, "k")).ShouldBe(1);
        await NothingWrongAsync(scene, bucket, daemon);
    }

    [Theory(Timeout = 120_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Two_daemons_at_once_agree_on_a_message_delivered_three_times(bool versioned)
    {
        await using var scene = await Scene.CreateAsync(moto.Server, clamd.Server, Cancellation);
        var bucket = await scene.BucketAsync(versioned, connected: false);
        (string, string)[] settings =
            [("Alerts:Publish", "infected,unscannable,error"), ("Scan:Concurrency", "1"), ("Log:Level", "Information")];
        var one = scene.Start(settings);
        var other = scene.Start(settings);
        await Task.WhenAll(one.IsReadyAsync(Cancellation), other.IsReadyAsync(Cancellation));

        await SendThreeTimesAsync(scene, bucket, await scene.PutAsync(bucket, "k", Eicar.Bytes));
        await scene.AlertOnAsync("k");
        await scene.WorkedOffAsync();

        await NothingWrongAsync(scene, bucket, one, other);
        (await scene.S3.ListVersionsAsync(bucket, Cancellation)).Versions.ShouldBeNull();
    }

    private static async Task SendThreeTimesAsync(Scene scene, string bucket, (string? VersionId, string ETag) stored)
    {
        for (var i = 0; i < 3; i++) await scene.SendAsync(Events.S3(bucket, "k", stored.ETag, stored.VersionId));
    }

    private static async Task NothingWrongAsync(Scene scene, string bucket, params RunningDaemon[] daemons)
    {
        (await scene.ReadAsync(bucket, "k")).ShouldBeNull();
        scene.Alerts.ShouldAllBe(alert => alert.Id == scene.Alerts[0].Id);
        scene.Alerts.ShouldAllBe(alert => alert.Status == "INFECTED" && alert.Action == "DELETE");
        (await scene.DepthsAsync(scene.DeadLetterUrl)).ShouldBe((0, 0));
        foreach (var daemon in daemons)
        {
            await daemon.StopsWellAsync(Cancellation);
            daemon.Errors.ShouldBeEmpty();
            daemon.Warnings.ShouldBeEmpty();
        }
    }
}
