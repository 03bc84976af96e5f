using ClamBucketFleet.Options;
using ClamBucketFleet.TestKit;
using Shouldly;
using Xunit;

namespace ClamBucketFleet.Aws.Tests;

/// <summary>Sets the environment, which all tests share.</summary>
[CollectionDefinition(nameof(Environment), DisableParallelization = true)]
public sealed class EnvironmentCollection;

[Collection(nameof(Environment))]
public sealed class AwsClientsTests(MotoFixture moto) : IDisposable
{
    private static readonly string[] Names =
    [
        "AWS_REGION", "AWS_DEFAULT_REGION", "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3", "AWS_EC2_METADATA_DISABLED",
        "AWS_CONFIG_FILE", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY",
    ];

    private readonly Dictionary<string, string?> _before = Clear();

    [Fact]
    public void The_region_that_is_configured_is_taken() =>
        new AwsClients(new AwsOptions("eu-central-1", null)).S3Config().RegionEndpoint!.SystemName.ShouldBe("eu-central-1");

    [Theory]
    [InlineData("https://sqs.eu-west-1.amazonaws.com/123456789012/scan", "eu-west-1")]
    [InlineData("https://vpce-1.sqs.us-gov-west-1.vpce.amazonaws.com/123456789012/scan", "us-gov-west-1")]
    [InlineData("http://127.0.0.1:5000/123456789012/scan", null)]
    [InlineData(null, null)]
    public void The_queue_s_URL_names_its_region(string? url, string? region) =>
        new QueueOptions(url, null, TimeSpan.Zero, TimeSpan.Zero).Region.ShouldBe(region);

    [Fact]
    public void The_queue_s_region_is_taken_where_nobody_names_one()
    {
        new AwsClients(new AwsOptions(null, null), "eu-west-1").S3Config().RegionEndpoint!.SystemName.ShouldBe("eu-west-1");
        new AwsClients(new AwsOptions("eu-central-1", null), "eu-west-1").S3Config().RegionEndpoint!.SystemName
            .ShouldBe("eu-central-1");
    }

    [Fact]
    public void Without_a_region_the_keys_to_set_are_named()
    {
        var failure = Should.Throw<FatalConfigurationException>(() => new AwsClients(new AwsOptions(null, null)).S3Config());
        failure.Message.ShouldContain("Aws:Region");
        failure.Message.ShouldContain("AWS_REGION");
    }

    [Fact]
    public void Buckets_are_named_by_host_where_no_stand_in_is_used() =>
        new AwsClients(new AwsOptions("eu-central-1", null)).S3Config().ForcePathStyle.ShouldBeFalse();

    [Fact]
    public void An_upload_has_as_long_as_its_user_says_and_all_else_two_minutes()
    {
        var clients = new AwsClients(new AwsOptions("eu-central-1", null));
        using var s3 = clients.S3();
        using var uploads = clients.S3(TimeSpan.FromMinutes(15));
        s3.Config.Timeout.ShouldBe(TimeSpan.FromMinutes(2));
        uploads.Config.Timeout.ShouldBe(TimeSpan.FromMinutes(15));
    }

    [Theory]
    [InlineData("AWS_ENDPOINT_URL")]
    [InlineData("AWS_ENDPOINT_URL_S3")]
    public void An_endpoint_of_ones_own_is_kept_and_has_buckets_in_its_path(string name)
    {
        Environment.SetEnvironmentVariable(name, "http://127.0.0.1:9000");
        var config = new AwsClients(new AwsOptions("eu-central-1", null)).S3Config();

        config.ServiceURL.ShouldBe("http://127.0.0.1:9000/");
        config.AuthenticationRegion.ShouldBe("eu-central-1");
        config.ForcePathStyle.ShouldBeTrue();
    }

    [Fact(Timeout = 60_000)]
    public async Task The_role_is_assumed_for_every_call()
    {
        foreach (var (name, value) in moto.Server.EnvironmentVariables)
            Environment.SetEnvironmentVariable(name, value);
        Environment.SetEnvironmentVariable("AWS_REGION", null);
        Environment.SetEnvironmentVariable("AWS_DEFAULT_REGION", null);
        var clients = new AwsClients(new AwsOptions("eu-west-1", "arn:aws:iam::123456789012:role/scanner"));
        using var sts = clients.Sts();
        using var s3 = clients.S3();

        var caller = await sts.GetCallerIdentityAsync(new(), TestContext.Current.CancellationToken);
        await s3.ListBucketsAsync(TestContext.Current.CancellationToken);

        caller.Arn.ShouldBe("arn:aws:sts::123456789012:assumed-role/scanner/clambucketfleet");
    }

    public void Dispose()
    {
        foreach (var (name, value) in _before)
            Environment.SetEnvironmentVariable(name, value);
    }

    private static Dictionary<string, string?> Clear()
    {
        var before = Names.ToDictionary(name => name, Environment.GetEnvironmentVariable);
        foreach (var name in Names)
            Environment.SetEnvironmentVariable(name, null);
        Environment.SetEnvironmentVariable("AWS_EC2_METADATA_DISABLED", "true");
        Environment.SetEnvironmentVariable("AWS_CONFIG_FILE", "/nowhere");
        return before;
    }
}
