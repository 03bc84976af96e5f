using ClamBucketFleet.Core.Tests.Fakes;
using ClamBucketFleet.Pipeline;
using ClamBucketFleet.TestKit;
using Shouldly;
using Xunit;

namespace ClamBucketFleet.Core.Tests.Alerts;

public sealed class AlertFactoryTests
{
    private static readonly Verdict Found = new Infected(["Eicar"]);
    private readonly ManualTimeProvider _clock = new(Some.Now);

    [Fact]
    public void An_alert_tells_what_was_scanned_and_how_long_it_took()
    {
        var report = new ScanReport(Found, Some.Sha256, TimeSpan.FromMilliseconds(30.4), TimeSpan.FromMilliseconds(10), Some.Engine);

        var alert = Factory("i-0abc").Create(
            new ObjectRef("bucket", "k"), Some.Identity(), Found, "DELETE", null, null, report, Some.Delivery);

        alert.ShouldSatisfyAllConditions(
            () => alert.Time.ShouldBe(Some.Now),
            () => alert.Status.ShouldBe("INFECTED"),
            () => alert.VersionId.ShouldBe("v1"),
            () => alert.ETag.ShouldBe(Some.ETag),
            () => alert.Size.ShouldBe(5),
            () => alert.Sha256.ShouldBe(Some.Sha256),
            () => alert.Signatures.ShouldBe(["Eicar"]),
            () => alert.Engine.ShouldBe("ClamAV 1.4.6"),
            () => alert.Definitions.ShouldBe(new AlertDefinitions("27800", Some.Engine.DefinitionsPublished)),
            () => alert.Instance.ShouldBe("i-0abc"),
            () => alert.ReceiveCount.ShouldBe(1),
            () => alert.Seconds.ShouldBe(new AlertSeconds(1.5, 0.03, 0.01)));
    }

    [Fact]
    public void The_id_is_the_same_for_every_copy_of_an_alert()
    {
        var first = Factory("i-1").Create(new ObjectRef("bucket", "k"), Some.Identity(), Found, "DELETE", null, null, null, Some.Delivery);
        _clock.Advance(TimeSpan.FromHours(1));
        var second = Factory("i-2").Create(new ObjectRef("bucket", "k"), Some.Identity(), Found, "FAILED", "why", null, null, null);

        second.Id.ShouldBe(first.Id);
        first.Id.ShouldMatch("^[0-9a-f]{64}$");
    }

    [Fact]
    public void Different_contents_and_statuses_have_different_ids()
    {
        string Id(string bucket, string key, string? version, string? eTag, Verdict? verdict) =>
            Factory("i").Create(new ObjectRef(bucket, key, version, eTag), null, verdict, "NONE", null, null, null, null).Id;

        new[]
        {
            Id("bucket", "k", "v", "e", Found),
            Id("bucket2", "k", "v", "e", Found),
            Id("bucket", "k2", "v", "e", Found),
            Id("bucket", "k", "v2", "e", Found),
            Id("bucket", "k", null, "e", Found),
            Id("bucket", "k", "", "e", Found),
            Id("bucket", "k", "v", "e2", Found),
            Id("bucket", "k", "v", null, Found),
            Id("bucket", "k", "ve", "", Found),
            Id("bucket", "k\n1:v", "v", "e", Found),
            Id("bucket", "k", "v", "e", new Unscannable(UnscannableReason.Timeout)),
            Id("bucket", "k", "v", "e", null),
        }.ShouldBeUnique();
    }

    private AlertFactory Factory(string instance) => new(instance, _clock);
}
