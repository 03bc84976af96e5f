using System.Text.Json;
using Amazon.S3.Model;
using ClamBucketFleet.Options;
using ClamBucketFleet.TestKit;
using Shouldly;
using Xunit;

namespace ClamBucketFleet.Daemon.Tests.Cli;

/// <summary><c>scan s3://…</c>, with and without <c>--apply</c>.</summary>
public sealed class ScanObjectTests(MotoFixture moto, ClamdFixture clamd) : IDisposable
{
    private const int Limit = 60_000;

    private readonly Stage _stage = new Stage().With(clamd.Server).With(moto.Server);
    private readonly AwsStage _aws = new(moto.Server);

    public static TheoryData<string> OddKeys =>
        ["a b.txt", "a+b.txt", "100%41.txt", "🦠/ä.txt", "/leading", "a//b", "a/../b", "-x", "@x", "s3://x", "?q=1#f"];

    public void Dispose()
    {
        _aws.Dispose();
        _stage.Dispose();
    }

    [Fact(Timeout = Limit)]
    public async Task A_clean_object_ends_with_0()
    {
        var bucket = await _aws.CreateBucketAsync();
        await _aws.PutAsync(bucket, "clean.txt", "harmless"u8.ToArray());

        var result = await _stage.RunAsync("scan", $"s3://{bucket}/clean.txt");

        result.ExitCode.ShouldBe(0, result.Error);
        result.Output.ShouldStartWith($"CLEAN s3://{bucket}/clean.txt\n");
    }

    [Theory(Timeout = Limit)]
    [MemberData(nameof(OddKeys))]
    public async Task A_key_is_taken_as_it_stands(string key)
    {
        var bucket = await _aws.CreateBucketAsync();
        await _aws.PutAsync(bucket, key, Eicar.Bytes);

        var result = await _stage.RunAsync("scan", $"s3://{bucket}/{key}");

        result.ExitCode.ShouldBe(1, result.Error + result.Output);
        result.Output.ShouldStartWith($"INFECTED s3://{bucket}/{key}\n");
    }

    [Fact(Timeout = Limit)]
    public async Task The_named_version_is_scanned()
    {
        var bucket = await _aws.CreateBucketAsync(versioned: true);
        var infected = await _aws.PutAsync(bucket, "k", Eicar.Bytes);
        var clean = await _aws.PutAsync(bucket, "k", "harmless"u8.ToArray());

        (await _stage.RunAsync("scan", $"s3://{bucket}/k", "--version-id", infected!)).ExitCode.ShouldBe(1);
        (await _stage.RunAsync("scan", $"s3://{bucket}/k", "--version-id", clean!)).ExitCode.ShouldBe(0);
        (await _stage.RunAsync("scan", $"s3://{bucket}/k")).ExitCode.ShouldBe(0);
    }

    [Fact(Timeout = Limit)]
    public async Task No_such_key_or_version_ends_with_66()
    {
        var bucket = await _aws.CreateBucketAsync(versioned: true);
        await _aws.PutAsync(bucket, "k", "harmless"u8.ToArray());

        var key = await _stage.RunAsync("scan", $"s3://{bucket}/nowhere");
        var version = await _stage.RunAsync("scan", $"s3://{bucket}/k", "--version-id", Guid.NewGuid().ToString());

        key.ExitCode.ShouldBe(66, key.Error);
        key.Output.ShouldStartWith($"SKIPPED s3://{bucket}/nowhere\n  reason      gone\n");
        version.ExitCode.ShouldBe(66, version.Error);
    }

    [Fact(Timeout = Limit)]
    public async Task No_such_bucket_ends_with_66()
    {
        var result = await _stage.RunAsync("scan", "s3://no-such-bucket/key");

        result.ExitCode.ShouldBe(66);
        result.Error.ShouldBe("clambucketfleet: Opening s3://no-such-bucket/key: the bucket does not exist.\n");
    }

    [Fact(Timeout = Limit)]
    public async Task Without_apply_nothing_is_changed_and_nobody_is_told()
    {
        var (topic, subscriber) = await _aws.CreateTopicAsync();
        var bucket = await _aws.CreateBucketAsync();
        await _aws.PutAsync(bucket, "eicar.com", Eicar.Bytes);
        _stage[Settings.AlertsTopicArn] = topic;

        var result = await _stage.RunAsync("scan", $"s3://{bucket}/eicar.com");

        result.ExitCode.ShouldBe(1, result.Error);
        result.Output.ShouldContain("  action      NONE (--apply does what the daemon would do)\n");
        (await _aws.KeysAsync(bucket)).ShouldBe(["eicar.com"]);
        (await _aws.DepthAsync(subscriber)).ShouldBe(0);
    }

    [Fact(Timeout = Limit)]
    public async Task With_apply_an_infected_object_is_deleted_and_the_subscriber_hears_of_it()
    {
        var (topic, subscriber) = await _aws.CreateTopicAsync();
        var bucket = await _aws.CreateBucketAsync(versioned: true);
        var before = await _aws.PutAsync(bucket, "k", "harmless"u8.ToArray());
        var version = await _aws.PutAsync(bucket, "k", Eicar.Bytes);
        _stage[Settings.AlertsTopicArn] = topic;

        var result = await _stage.RunAsync("scan", $"s3://{bucket}/k", "--apply");

        result.ExitCode.ShouldBe(1, result.Error);
        result.Output.ShouldContain("  action      DELETE\n");
        var left = await _aws.S3.ListVersionsAsync(new ListVersionsRequest { BucketName = bucket }, Stage.Cancellation);
        left.Versions.Select(found => found.VersionId).ShouldBe([before!]);
        using var notification = JsonDocument.Parse((await _aws.TakeAsync(subscriber))!);
        using var alert = JsonDocument.Parse(notification.RootElement.GetProperty("Message").GetString()!);
        alert.RootElement.GetProperty("action").GetString().ShouldBe("DELETE");
        alert.RootElement.GetProperty("versionId").GetString().ShouldBe(version);
    }

    [Fact(Timeout = Limit)]
    public async Task With_apply_an_infected_object_goes_to_quarantine()
    {
        var (bucket, quarantine) = (await _aws.CreateBucketAsync(), await _aws.CreateBucketAsync());
        await _aws.PutAsync(bucket, "a b/k", Eicar.Bytes);
        _stage[Settings.InfectedAction] = "quarantine";
        _stage[Settings.QuarantineBucket] = quarantine;
        _stage[Settings.QuarantinePrefix] = "infected/";

        var result = await _stage.RunAsync("scan", $"s3://{bucket}/a b/k", "--apply");

        result.ExitCode.ShouldBe(1, result.Error);
        result.Output.ShouldContain($"  copy        s3://{quarantine}/infected/{bucket}/a b/k\n  action      QUARANTINE\n");
        (await _aws.KeysAsync(bucket)).ShouldBeEmpty();
        (await _aws.KeysAsync(quarantine)).ShouldBe([$"infected/{bucket}/a b/k"]);
    }

    [Fact(Timeout = Limit)]
    public async Task With_apply_a_clean_object_is_tagged()
    {
        var bucket = await _aws.CreateBucketAsync();
        await _aws.PutAsync(bucket, "k", "harmless"u8.ToArray());
        _stage[Settings.CleanAction] = "tag";

        var result = await _stage.RunAsync("scan", $"s3://{bucket}/k", "--apply");

        result.ExitCode.ShouldBe(0, result.Error);
        result.Output.ShouldContain("  action      TAG\n");
        var tags = await _aws.S3.GetObjectTaggingAsync(
            new GetObjectTaggingRequest { BucketName = bucket, Key = "k" }, Stage.Cancellation);
        tags.Tagging.ShouldContain(tag => tag.Key == "av-status" && tag.Value == "CLEAN");
    }

    [Fact(Timeout = Limit)]
    public async Task With_apply_and_a_topic_that_does_not_exist_nothing_is_deleted()
    {
        var bucket = await _aws.CreateBucketAsync();
        await _aws.PutAsync(bucket, "k", Eicar.Bytes);
        _stage[Settings.AlertsTopicArn] = "arn:aws:sns:eu-west-1:123456789012:nowhere";

        var result = await _stage.RunAsync("scan", $"s3://{bucket}/k", "--apply");

        result.ExitCode.ShouldBe(75);
        result.Error.ShouldContain("there is no such topic. Check Alerts:TopicArn.");
        (await _aws.KeysAsync(bucket)).ShouldBe(["k"]);
    }
}
