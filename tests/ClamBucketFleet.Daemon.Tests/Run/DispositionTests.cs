using System.Globalization;
using System.Text;
using Amazon.S3.Model;
using ClamBucketFleet.TestKit;
using Shouldly;
using Xunit;

namespace ClamBucketFleet.Daemon.Tests.Run;

public sealed class DispositionTests(MotoFixture moto, ClamdFixture clamd)
{
    private static readonly byte[] Clean = Encoding.UTF8.GetBytes("clean\n");
    private static readonly byte[] Encrypted = Archive.EncryptedZip("secret.txt", Clean);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact(Timeout = 120_000)]
    public async Task By_default_the_infected_goes_and_the_clean_and_the_unscannable_stay_as_they_are()
    {
        await using var scene = await SceneAsync();
        var bucket = await scene.BucketAsync();
        await PutAllAsync(scene, bucket);

        scene.Start();
        await AllAlertedAsync(scene);

        (await scene.ReadAsync(bucket, "infected")).ShouldBeNull();
        (await scene.ReadAsync(bucket, "clean")).ShouldBe(Clean);
        (await scene.ReadAsync(bucket, "unscannable")).ShouldBe(Encrypted);
        (await scene.TagsAsync(bucket, "clean")).ShouldBeEmpty();
        (await scene.TagsAsync(bucket, "unscannable")).ShouldBeEmpty();
        scene.Alerts.Single(alert => alert.Key == "unscannable").Reason.ShouldBe("encrypted");
        Actions(scene).ShouldBe(("NONE", "DELETE", "NONE"));
    }

    [Fact(Timeout = 120_000)]
    public async Task Tags_join_those_that_are_there()
    {
        await using var scene = await SceneAsync();
        var bucket = await scene.BucketAsync();
        await PutAllAsync(scene, bucket, put => put.TagSet = [Tag("owner", "me"), Tag("av-status", "by the uploader")]);

        scene.Start(("Infected:Action", "tag"), ("Clean:Action", "tag"), ("Unscannable:Action", "tag"));
        await AllAlertedAsync(scene);

        await TaggedAsync(scene, bucket, "clean", "CLEAN");
        await TaggedAsync(scene, bucket, "unscannable", "UNSCANNABLE");
        (await TaggedAsync(scene, bucket, "infected", "INFECTED"))["av-signature"].ShouldBe(Eicar.Signature);
        (await scene.TagsAsync(bucket, "infected"))["owner"].ShouldBe("me");
        Actions(scene).ShouldBe(("TAG", "TAG", "TAG"));
    }

    [Fact(Timeout = 120_000)]
    public async Task Copies_keep_what_the_object_was_and_say_what_it_is()
    {
        await using var scene = await SceneAsync();
        var bucket = await scene.BucketAsync();
        var (quarantine, clean) = (await scene.BucketAsync(connected: false), await scene.BucketAsync(connected: false));
        await PutAllAsync(scene, bucket, put =>
        {
            put.ContentType = "application/x-thing";
            put.Metadata["author"] = "somebody";
            put.TagSet = [Tag("owner", "me")];
        });

        scene.Start(
            ("Infected:Action", "quarantine"), ("Unscannable:Action", "quarantine"), ("Clean:Action", "move"),
            ("Quarantine:Bucket", quarantine), ("Quarantine:Prefix", "q/"),
            ("Clean:Bucket", clean), ("Clean:Prefix", "c/"));
        await AllAlertedAsync(scene);

        (await scene.S3.ListObjectsV2Async(new() { BucketName = bucket }, Cancellation)).S3Objects.ShouldBeNull();
        await CopiedAsync(quarantine, $"q/{bucket}/infected", "INFECTED", Eicar.Bytes);
        await CopiedAsync(quarantine, $"q/{bucket}/unscannable", "UNSCANNABLE", Encrypted);
        await CopiedAsync(clean, "c/clean", "CLEAN", Clean);
        Actions(scene).ShouldBe(("MOVE", "QUARANTINE", "QUARANTINE"));
        scene.Alerts.Single(alert => alert.Key == "infected").Destination.ShouldBe($"s3://{quarantine}/q/{bucket}/infected");

        async Task CopiedAsync(string to, string key, string status, byte[] content)
        {
            (await scene.ReadAsync(to, key)).ShouldBe(content);
            (await TaggedAsync(scene, to, key, status))["owner"].ShouldBe("me");
            var head = await scene.S3.GetObjectMetadataAsync(to, key, Cancellation);
            head.Headers.ContentType.ShouldBe("application/x-thing");
            head.Metadata["author"].ShouldBe("somebody");
        }
    }

    [Fact(Timeout = 120_000)]
    public async Task A_bucket_can_have_a_policy_of_its_own()
    {
        await using var scene = await SceneAsync();
        var (common, special) = (await scene.BucketAsync(), await scene.BucketAsync());
        await scene.PutAsync(common, "infected", Eicar.Bytes);
        await scene.PutAsync(special, "infected", Eicar.Bytes);
        await scene.PutAsync(special, "clean", Clean);

        scene.Start(
            ("Infected:Action", "none"),
            ($"Buckets:{special}:Infected:Action", "delete"),
            ($"Buckets:{special}:Clean:Action", "tag"),
            ($"Buckets:{special}:Tags:StatusKey", "verdict"));
        await scene.AlertedAsync(alerts => alerts.Count >= 3);
        await scene.WorkedOffAsync();

        (await scene.ReadAsync(common, "infected")).ShouldBe(Eicar.Bytes);
        (await scene.ReadAsync(special, "infected")).ShouldBeNull();
        (await scene.TagsAsync(special, "clean"))["verdict"].ShouldBe("CLEAN");
    }

    [Theory(Timeout = 120_000)]
    [InlineData("Infected:Action", "quarantine", "Quarantine")]
    [InlineData("Clean:Action", "move", "Clean")]
    public async Task Within_one_bucket_no_copy_is_worked_on_again(string key, string action, string place)
    {
        await using var scene = await SceneAsync();
        await using var proxy = new AwsProxy(moto.Server);
        var bucket = await scene.BucketAsync();
        // The daemon has the copy's event before it hears that the copy was made.
        if (action == "move") proxy.After(request => request.IsCopy, () => scene.DepthsBecomeAsync(waiting: 0, inFlight: 2));
        await scene.PutAsync(bucket, "in/k", action == "move" ? Clean : Eicar.Bytes);
        var copy = action == "move" ? "to/in/k" : $"to/{bucket}/in/k";

        var daemon = scene.Start([], proxy.ForS3, (key, action), ($"{place}:Bucket", bucket), ($"{place}:Prefix", "to/"));
        (await scene.AlertOnAsync("in/k")).Destination.ShouldBe($"s3://{bucket}/{copy}");
        (await scene.AlertOnAsync(copy)).Reason.ShouldBe("own-copy");
        await scene.WorkedOffAsync();

        (await scene.S3.ListObjectsV2Async(new() { BucketName = bucket }, Cancellation)).S3Objects
            .ShouldHaveSingleItem().Key.ShouldBe(copy);
        scene.Alerts.Count.ShouldBe(2);
        daemon.Errors.ShouldBeEmpty();
    }

    [Fact(Timeout = 120_000)]
    public async Task Ten_tags_leave_no_place_and_that_is_said_loudly()
    {
        await using var scene = await SceneAsync(maxReceiveCount: 2);
        var bucket = await scene.BucketAsync();
        var ten = Enumerable.Range(0, 10).Select(i => Tag($"tag{i}", "mine")).ToList();
        await scene.PutAsync(bucket, "infected", Eicar.Bytes, put => put.TagSet = ten);

        var daemon = scene.Start(("Infected:Action", "tag"));
        await scene.AlertOnAsync("infected", "PROCESSING_ERROR");
        await scene.WorkedOffAsync();

        var failed = scene.Alerts.First(alert => alert.Action == "FAILED");
        failed.Error.ShouldNotBeNull().ShouldContain("av-status");
        failed.Id.ShouldBe(scene.Alerts.First(alert => alert.Action == "TAG").Id);
        (await scene.ReadAsync(bucket, "infected")).ShouldBe(Eicar.Bytes);
        (await scene.TagsAsync(bucket, "infected")).ShouldBe(ten.ToDictionary(tag => tag.Key, tag => tag.Value), ignoreOrder: true);
        (await scene.DepthsAsync(scene.DeadLetterUrl)).ShouldBe((1, 0));
        daemon.Errors.ShouldContain(line => line.Contains("10 tags"));
    }

    private Task<Scene> SceneAsync(int maxReceiveCount = 5)
        => Scene.CreateAsync(moto.Server, clamd.Server, Cancellation, maxReceiveCount);

    private static async Task PutAllAsync(Scene scene, string bucket, Action<PutObjectRequest>? more = null)
    {
        await scene.PutAsync(bucket, "clean", Clean, more);
        await scene.PutAsync(bucket, "infected", Eicar.Bytes, more);
        await scene.PutAsync(bucket, "unscannable", Encrypted, more);
    }

    private static async Task AllAlertedAsync(Scene scene)
    {
        await scene.AlertedAsync(alerts => alerts.Count >= 3);
        await scene.WorkedOffAsync();
        scene.Alerts.Select(alert => $"{alert.Key} {alert.Status}").ShouldBe(
            ["clean CLEAN", "infected INFECTED", "unscannable UNSCANNABLE"], ignoreOrder: true);
    }

    private static (string Clean, string Infected, string Unscannable) Actions(Scene scene)
    {
        return (Of("clean"), Of("infected"), Of("unscannable"));

        string Of(string key) => scene.Alerts.Single(alert => alert.Key == key).Action;
    }

    private static async Task<Dictionary<string, string>> TaggedAsync(Scene scene, string bucket, string key, string status)
    {
        var tags = await scene.TagsAsync(bucket, key);
        tags["av-status"].ShouldBe(status);
        var written = DateTimeOffset.ParseExact(
            tags["av-timestamp"], "yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
        written.ShouldBe(TimeProvider.System.GetUtcNow(), TimeSpan.FromHours(1));
        return tags;
    }

    private static Tag Tag(string key, string value) => new() { Key = key, Value = value };
}
