using ClamBucketFleet.Scaling.CloudWatch;
using Shouldly;
using Xunit;

namespace ClamBucketFleet.Scaling.Tests.CloudWatch;

public sealed class MetricStoreTests
{
    [Fact]
    public void A_data_point_is_seen_only_after_its_delay()
    {
        var alarm = Alarms.Of(1, 1, MissingData.Missing);
        var store = new MetricStore(60);
        store.Add(Alarms.Metric, 600, 5);

        store.Range(alarm, 600).ShouldBe([null, null, null]);
        store.Range(alarm, 660).ShouldBe([null, null, 5]);
        store.Range(alarm, 780).ShouldBe([5, null, null]);
    }
}
