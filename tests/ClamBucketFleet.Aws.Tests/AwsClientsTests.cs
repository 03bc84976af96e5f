using ClamBucketFleet.Options;
using Shouldly;
using Xunit;

namespace ClamBucketFleet.Aws.Tests;

public sealed class AwsClientsTests
{
    [Fact]
    public void The_region_that_is_configured_is_taken()
    {
        using var s3 = new AwsClients(new AwsOptions("eu-central-1", null)).S3();
        s3.Config.RegionEndpoint?.SystemName.ShouldBe("eu-central-1");
    }

    [Fact]
    public void Buckets_are_named_by_host_where_no_stand_in_is_used() =>
        new AwsClients(new AwsOptions("eu-central-1", null)).S3Config().ForcePathStyle.ShouldBeFalse();
}
