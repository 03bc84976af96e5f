using System.Text;
using ClamBucketFleet.TestKit;
using Shouldly;
using Xunit;

namespace ClamBucketFleet.Daemon.Tests.Run;

public sealed class VersionTests(MotoFixture moto, ClamdFixture clamd)
{
    private static readonly byte[] Clean = Encoding.UTF8.GetBytes("clean\n");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact(Timeout = 120_000)]
    public async Task An_infected_version_is_gone_and_not_hidden_and_its_neighbours_stay()
    {
        await using var scene = await Scene.CreateAsync(moto.Server, clamd.Server, Cancellation);
        var bucket = await scene.BucketAsync(versioned: true);
        var before = await scene.PutAsync(bucket, "k", Clean);
        var infected = await scene.PutAsync(bucket, "k", Eicar.Bytes);
        var after = await scene.PutAsync(bucket, "k", [.. Clean, .. Clean]);
        // moto's events name no version; a message that does follows, as S3 itself would send it.
        await scene.SendAsync(Events.S3(bucket, "k", infected.ETag, infected.VersionId));

        scene.Start();
        var alert = await scene.AlertOnAsync("k", "INFECTED");
        await scene.WorkedOffAsync();

        alert.VersionId.ShouldBe(infected.VersionId);
        alert.Action.ShouldBe("DELETE");
        var left = await scene.S3.ListVersionsAsync(bucket, Cancellation);
        left.Versions.Where(version => version.IsDeleteMarker == true).ShouldBeEmpty();
        left.Versions.Select(version => version.VersionId).ShouldBe([after.VersionId, before.VersionId]);
        (await scene.ReadAsync(bucket, "k", before.VersionId)).ShouldBe(Clean);
        (await scene.ReadAsync(bucket, "k")).ShouldBe([.. Clean, .. Clean]);
    }
}
