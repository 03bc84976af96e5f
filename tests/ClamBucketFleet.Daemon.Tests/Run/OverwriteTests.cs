using System.Text;
using ClamBucketFleet.TestKit;
using Shouldly;
using Xunit;

namespace ClamBucketFleet.Daemon.Tests.Run;

/// <summary>Somebody replaces an object while it is worked on: what stands there then is never paid for it.</summary>
public sealed class OverwriteTests(MotoFixture moto, ClamdFixture clamd)
{
    private static readonly byte[] Successor = Encoding.UTF8.GetBytes("a clean successor\n");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact(Timeout = 120_000)]
    public async Task An_object_overwritten_before_its_scan_is_superseded_and_its_successor_is_scanned()
    {
        await using var scene = await Scene.CreateAsync(moto.Server, clamd.Server, Cancellation);
        var bucket = await scene.BucketAsync();
        await scene.PutAsync(bucket, "k", Eicar.Bytes);
        await scene.PutAsync(bucket, "k", Successor);

        var daemon = scene.Start();
        await scene.AlertOnAsync("k", "CLEAN");
        await scene.WorkedOffAsync();

        scene.Alerts.Select(alert => alert.Status).ShouldBe(["CLEAN", "SKIPPED"], ignoreOrder: true);
        scene.Alerts.Single(alert => alert.Status == "SKIPPED").Reason.ShouldBe("superseded");
        await SuccessorStaysAsync(scene, bucket, daemon);
    }

    [Fact(Timeout = 120_000)]
    public async Task An_object_overwritten_just_before_it_is_deleted_stays()
    {
        await using var scene = await Scene.CreateAsync(moto.Server, clamd.Server, Cancellation);
        await using var proxy = new AwsProxy(moto.Server);
        var bucket = await scene.BucketAsync();
        proxy.Before(request => request.Is("DELETE", bucket, "k"), () => scene.PutAsync(bucket, "k", Successor));
        await scene.PutAsync(bucket, "k", Eicar.Bytes);

        var daemon = scene.Start([], proxy.ForS3);
        await scene.AlertOnAsync("k", "CLEAN");
        await scene.WorkedOffAsync();

        (await scene.AlertOnAsync("k", "INFECTED")).Action.ShouldBe("DELETE");
        await SuccessorStaysAsync(scene, bucket, daemon);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_version_is_deleted_and_the_one_that_came_just_before_stays()
    {
        await using var scene = await Scene.CreateAsync(moto.Server, clamd.Server, Cancellation);
        await using var proxy = new AwsProxy(moto.Server);
        var bucket = await scene.BucketAsync(versioned: true);
        proxy.Before(request => request.Is("DELETE", bucket, "k"), () => scene.PutAsync(bucket, "k", Successor));
        var (versionId, _) = await scene.PutAsync(bucket, "k", Eicar.Bytes);

        var daemon = scene.Start([], proxy.ForS3);
        await scene.AlertOnAsync("k", "CLEAN");
        await scene.WorkedOffAsync();

        var left = (await scene.S3.ListVersionsAsync(bucket, Cancellation)).Versions.ShouldHaveSingleItem();
        left.VersionId.ShouldNotBe(versionId);
        await SuccessorStaysAsync(scene, bucket, daemon);
    }

    [Fact(Timeout = 120_000)]
    public async Task An_object_overwritten_while_it_is_copied_stays_and_no_copy_of_it_is_kept()
    {
        await using var scene = await Scene.CreateAsync(moto.Server, clamd.Server, Cancellation);
        await using var proxy = new AwsProxy(moto.Server);
        var (bucket, quarantine) = (await scene.BucketAsync(), await scene.BucketAsync(connected: false));
        // After every look before the copy, so that it is the successor that is copied.
        proxy.Before(request => request.IsCopy, () => scene.PutAsync(bucket, "k", Successor));
        await scene.PutAsync(bucket, "k", Eicar.Bytes);

        var daemon = scene.Start([], proxy.ForS3, ("Infected:Action", "quarantine"), ("Quarantine:Bucket", quarantine));
        await scene.AlertOnAsync("k", "CLEAN");
        await scene.WorkedOffAsync();

        (await scene.AlertOnAsync("k", "INFECTED")).Destination.ShouldBeNull();
        (await scene.ReadAsync(quarantine, $"{bucket}/k")).ShouldBeNull();
        await SuccessorStaysAsync(scene, bucket, daemon);
    }

    [Theory(Timeout = 120_000)]
    [InlineData("Infected:Action", "quarantine", "Quarantine:Bucket")]
    [InlineData("Clean:Action", "move", "Clean:Bucket")]
    public async Task An_object_overwritten_between_copy_and_deletion_stays(string key, string action, string place)
    {
        await using var scene = await Scene.CreateAsync(moto.Server, clamd.Server, Cancellation);
        await using var proxy = new AwsProxy(moto.Server);
        var (bucket, destination) = (await scene.BucketAsync(), await scene.BucketAsync(connected: false));
        var content = action == "move" ? Encoding.UTF8.GetBytes("clean\n") : Eicar.Bytes;
        var copied = action == "move" ? "k" : $"{bucket}/k";
        // The successor is of the other kind, so that nobody moves it.
        var successor = action == "move" ? Eicar.Bytes : Successor;
        proxy.Before(request => request.Is("DELETE", bucket, "k"), () => scene.PutAsync(bucket, "k", successor));
        await scene.PutAsync(bucket, "k", content);

        var daemon = scene.Start([], proxy.ForS3, ("Infected:Action", "none"), (key, action), (place, destination));
        await scene.AlertOnAsync("k", action == "move" ? "INFECTED" : "CLEAN");
        await scene.WorkedOffAsync();

        (await scene.ReadAsync(destination, copied)).ShouldBe(content);
        (await scene.ReadAsync(bucket, "k")).ShouldBe(successor);
        daemon.Errors.ShouldBeEmpty();
    }

    [Fact(Timeout = 120_000)]
    public async Task An_object_overwritten_just_before_it_is_tagged_keeps_no_tag_of_its_predecessor()
    {
        await using var scene = await Scene.CreateAsync(moto.Server, clamd.Server, Cancellation);
        await using var proxy = new AwsProxy(moto.Server);
        var bucket = await scene.BucketAsync();
        proxy.Before(request => request.IsTagging("PUT", bucket, "k"), () => scene.PutAsync(bucket, "k", Successor));
        await scene.PutAsync(bucket, "k", Eicar.Bytes);

        var daemon = scene.Start([], proxy.ForS3, ("Infected:Action", "tag"));
        await scene.AlertOnAsync("k", "CLEAN");
        await scene.WorkedOffAsync();

        await SuccessorStaysAsync(scene, bucket, daemon);
    }

    private static async Task SuccessorStaysAsync(Scene scene, string bucket, RunningDaemon daemon)
    {
        (await scene.ReadAsync(bucket, "k")).ShouldBe(Successor);
        (await scene.TagsAsync(bucket, "k")).ShouldBeEmpty(scene.Logs());
        (await scene.DepthsAsync(scene.DeadLetterUrl)).ShouldBe((0, 0));
        daemon.Errors.ShouldBeEmpty();
    }
}
