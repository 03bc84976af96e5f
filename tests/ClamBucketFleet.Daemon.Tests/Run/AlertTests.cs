using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using ClamBucketFleet.TestKit;
using Shouldly;
using Xunit;

namespace ClamBucketFleet.Daemon.Tests.Run;

/// <summary>What subscribers get.</summary>
public sealed class AlertTests(MotoFixture moto, ClamdFixture clamd)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact(Timeout = 120_000)]
    public async Task The_alert_is_the_whole_of_what_is_promised()
    {
        await using var scene = await Scene.CreateAsync(moto.Server, clamd.Server, Cancellation);
        var bucket = await scene.BucketAsync(versioned: true);
        var quarantine = await scene.BucketAsync(connected: false);
        var (version, eTag) = await scene.PutAsync(bucket, "dir/k", Eicar.Bytes);

        scene.Start(("Infected:Action", "quarantine"), ("Quarantine:Bucket", quarantine));
        var alert = (await scene.AlertOnAsync("dir/k")).Json;

        alert.EnumerateObject().Select(property => property.Name).ShouldBe(
        [
            "schema", "id", "time", "status", "action", "error", "bucket", "key", "versionId", "eTag", "size", "sha256",
            "signatures", "reason", "destination", "engine", "definitions", "instance", "receiveCount", "seconds",
        ]);
        alert.GetProperty("schema").GetInt32().ShouldBe(1);
        alert.GetProperty("id").GetString().ShouldNotBeNull().ShouldMatch("^[0-9a-f]{64}$");
        DateTimeOffset.ParseExact(
                alert.GetProperty("time").GetString()!, "yyyy-MM-dd'T'HH:mm:ss'Z'",
                CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal)
            .ShouldBe(TimeProvider.System.GetUtcNow(), TimeSpan.FromHours(1));
        Texts(alert, "status", "action", "error", "bucket", "key", "versionId", "eTag", "reason", "destination", "sha256")
            .ShouldBe(
            [
                "INFECTED", "QUARANTINE", null, bucket, "dir/k", version, eTag, null,
                $"s3://{quarantine}/{bucket}/dir/k", Convert.ToHexStringLower(SHA256.HashData(Eicar.Bytes)),
            ]);
        alert.GetProperty("size").GetInt64().ShouldBe(68);
        alert.GetProperty("signatures").EnumerateArray().Select(name => name.GetString()).ShouldBe([Eicar.Signature]);
        alert.GetProperty("engine").GetString().ShouldNotBeNull().ShouldStartWith("ClamAV ");
        alert.GetProperty("definitions").EnumerateObject().Select(part => part.Name).ShouldBe(["version", "published"]);
        alert.GetProperty("instance").GetString().ShouldNotBeNullOrEmpty();
        alert.GetProperty("receiveCount").GetInt32().ShouldBe(1);
        alert.GetProperty("seconds").EnumerateObject().Select(part => part.Name).ShouldBe(["queued", "download", "scan"]);
    }

    [Fact(Timeout = 120_000)]
    public async Task Subscribers_choose_by_attributes()
    {
        await using var scene = await Scene.CreateAsync(moto.Server, clamd.Server, Cancellation);
        var infectedOnly = await scene.CreateQueueAsync("infected");
        await scene.Query.SubscribeAsync(
            scene.Topic, Scene.Arn(infectedOnly), Cancellation, ("FilterPolicy", """{"status":["INFECTED"]}"""));
        var bucket = await scene.BucketAsync(versioned: true);
        await scene.PutAsync(bucket, "clean", Encoding.UTF8.GetBytes("clean\n"));
        var (version, _) = await scene.PutAsync(bucket, "infected", Eicar.Bytes);
        await scene.PutAsync(bucket, "secret.zip", Archive.EncryptedZip("secret", "text"u8.ToArray()));

        scene.Start();
        await scene.AlertedAsync(alerts => alerts.Count == 3);
        await scene.WorkedOffAsync();

        // Not raw: the envelope carries subject and attributes.
        var envelope = JsonElement.Parse((await scene.TakeAsync(infectedOnly)).ShouldHaveSingleItem().Body);
        var attributes = envelope.GetProperty("MessageAttributes").EnumerateObject().ToDictionary(
            attribute => attribute.Name,
            attribute => $"{attribute.Value.GetProperty("Type")} {attribute.Value.GetProperty("Value")}");
        attributes.ShouldBe(new Dictionary<string, string>
        {
            ["bucket"] = $"String {bucket}",
            ["key"] = "String infected",
            ["version"] = $"String {version}",
            ["status"] = "String INFECTED",
            ["action"] = "String DELETE",
        }, ignoreOrder: true);
        var subject = envelope.GetProperty("Subject").GetString().ShouldNotBeNull();
        subject.ShouldSatisfyAllConditions(
            () => subject.ShouldContain("INFECTED"),
            () => subject.Length.ShouldBeLessThanOrEqualTo(100),
            () => Ascii.IsValid(subject).ShouldBeTrue());
        ReceivedAlert.Parse(envelope.GetProperty("Message").GetString()!).Key.ShouldBe("infected");
    }

    [Fact(Timeout = 120_000)]
    public async Task By_default_clean_and_skipped_objects_make_no_alert()
    {
        await using var scene = await Scene.CreateAsync(moto.Server, clamd.Server, Cancellation);
        var bucket = await scene.BucketAsync();
        await scene.PutAsync(bucket, "clean", Encoding.UTF8.GetBytes("clean\n"));
        await scene.PutAsync(bucket, "infected", Eicar.Bytes);
        await scene.RequestAsync(bucket, "gone");

        var daemon = scene.Start(["--drain", "--idle", "1s"], null, ("Alerts:Publish", "infected,unscannable,error"));
        await daemon.EndsWellAsync(Cancellation);
        await scene.AlertOnAsync("infected");
        await scene.WorkedOffAsync();

        scene.Alerts.ShouldHaveSingleItem();
    }

    private static IEnumerable<string?> Texts(JsonElement json, params string[] names)
        => names.Select(name => json.GetProperty(name).GetString());
}
