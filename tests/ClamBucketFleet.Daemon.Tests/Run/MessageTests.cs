using System.Text;
using Amazon.S3;
using Amazon.S3.Model;
using ClamBucketFleet.TestKit;
using Shouldly;
using Xunit;

namespace ClamBucketFleet.Daemon.Tests.Run;

/// <summary>Every form in which an object's name can stand on the queue.</summary>
public sealed class MessageTests(MotoFixture moto, ClamdFixture clamd)
{
    private const string Odd = "a b/c+d %26 é🌴.txt";

    private static readonly byte[] Clean = Encoding.UTF8.GetBytes("clean\n");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact(Timeout = 120_000)]
    public async Task Events_of_S3_name_the_object_whatever_its_key_and_its_test_event_is_nothing()
    {
        await using var scene = await Scene.CreateAsync(moto.Server, clamd.Server, Cancellation);
        // Connecting sent an s3:TestEvent.
        var bucket = await scene.BucketAsync();
        (await scene.DepthsAsync()).Waiting.ShouldBe(1);
        await scene.PutAsync(bucket, Odd, Eicar.Bytes);

        await OneInfectedAsync(scene, bucket, Odd);
    }

    [Fact(Timeout = 120_000)]
    public async Task Events_come_through_a_topic_too()
    {
        await using var scene = await Scene.CreateAsync(moto.Server, clamd.Server, Cancellation);
        var bucket = await scene.BucketAsync(connected: false);
        var topic = await scene.Query.CreateTopicAsync($"{bucket}-events", Cancellation);
        await scene.Query.SubscribeAsync(topic, Scene.Arn(scene.QueueUrl), Cancellation);
        await scene.S3.PutBucketNotificationAsync(new PutBucketNotificationRequest
        {
            BucketName = bucket,
            TopicConfigurations = [new TopicConfiguration { Topic = topic, Events = [EventType.ObjectCreatedAll] }],
        }, Cancellation);
        await scene.PutAsync(bucket, Odd, Eicar.Bytes);

        await OneInfectedAsync(scene, bucket, Odd);
    }

    [Fact(Timeout = 120_000)]
    public async Task Events_of_EventBridge_name_keys_as_they_are()
    {
        await using var scene = await Scene.CreateAsync(moto.Server, clamd.Server, Cancellation);
        var bucket = await scene.BucketAsync(connected: false);
        var (_, eTag) = await scene.PutAsync(bucket, Odd, Eicar.Bytes);
        await scene.SendAsync(Events.EventBridge(bucket, Odd, eTag));

        await OneInfectedAsync(scene, bucket, Odd);
    }

    [Theory(Timeout = 120_000)]
    [InlineData("""{"bucket":"BUCKET","key":"KEY"}""")]
    [InlineData("""{"objects":[{"bucket":"BUCKET","key":"KEY"}]}""")]
    [InlineData("""{"objects":[{"bucket":"BUCKET","key":"KEY","versionId":null},{"bucket":"BUCKET","key":"gone"}]}""")]
    public async Task Plain_requests_name_keys_as_they_are(string form)
    {
        await using var scene = await Scene.CreateAsync(moto.Server, clamd.Server, Cancellation);
        var bucket = await scene.BucketAsync(connected: false);
        await scene.PutAsync(bucket, Odd, Eicar.Bytes);
        await scene.SendAsync(form.Replace("BUCKET", bucket).Replace("KEY", Odd));

        await OneInfectedAsync(scene, bucket, Odd);
    }

    [Fact(Timeout = 120_000)]
    public async Task Every_record_of_an_event_is_worked_on_also_behind_one_that_is_gone()
    {
        await using var scene = await Scene.CreateAsync(moto.Server, clamd.Server, Cancellation);
        var bucket = await scene.BucketAsync(connected: false);
        var (_, clean) = await scene.PutAsync(bucket, "clean", Clean);
        var (_, infected) = await scene.PutAsync(bucket, "infected", Eicar.Bytes);
        await scene.SendAsync(Events.S3(
            (bucket, "gone", infected, null), (bucket, "clean", clean, null), (bucket, "infected", infected, null)));

        scene.Start();
        await scene.AlertOnAsync("infected");
        await scene.WorkedOffAsync();

        scene.Alerts.Select(alert => $"{alert.Key} {alert.Status} {alert.Reason}").ShouldBe(
            ["gone SKIPPED gone", "clean CLEAN ", "infected INFECTED "]);
        (await scene.ReadAsync(bucket, "infected")).ShouldBeNull();
        (await scene.ReadAsync(bucket, "clean")).ShouldBe(Clean);
    }

    [Fact(Timeout = 120_000)]
    public async Task Events_that_create_nothing_are_acknowledged()
    {
        await using var scene = await Scene.CreateAsync(moto.Server, clamd.Server, Cancellation);
        var bucket = await scene.BucketAsync(connected: false);
        await scene.PutAsync(bucket, "k", Eicar.Bytes);
        await scene.SendAsync(Events.S3(bucket, "k", null).Replace("ObjectCreated:Put", "ObjectRemoved:Delete"));

        var daemon = scene.Start(["--drain", "--idle", "1s"], null);
        await daemon.EndsWellAsync(Cancellation);

        (await scene.DepthsAsync()).ShouldBe((0, 0));
        (await scene.ReadAsync(bucket, "k")).ShouldBe(Eicar.Bytes);
        daemon.Log.ShouldContain(line => line.Contains("0 in work, 0 scanned, 0 infected"));
    }

    [Fact(Timeout = 120_000)]
    public async Task What_filters_leave_out_is_acknowledged_and_counted_and_never_read()
    {
        await using var scene = await Scene.CreateAsync(moto.Server, clamd.Server, Cancellation);
        await using var proxy = new AwsProxy(moto.Server);
        var bucket = await scene.BucketAsync();
        await scene.PutAsync(bucket, "in/infected", Eicar.Bytes);
        await scene.PutAsync(bucket, "in/cache/infected", Eicar.Bytes);
        await scene.PutAsync(bucket, "out/infected", Eicar.Bytes);

        var daemon = scene.Start(["--drain", "--idle", "1s"], proxy.ForS3,
            ("Filter:Include", $"{bucket}/in/**"), ("Filter:Exclude", "**/cache/**"));
        await daemon.EndsWellAsync(Cancellation);
        await scene.AlertedAsync(alerts => alerts.Count == 3);

        scene.Alerts.Where(alert => alert.Reason == "filtered").Select(alert => alert.Key)
            .ShouldBe(["in/cache/infected", "out/infected"], ignoreOrder: true);
        proxy.Requests.ShouldAllBe(request => request.Url.StartsWith($"/{bucket}/in/infected"));
        (await scene.DepthsAsync()).ShouldBe((0, 0));
        daemon.Log.ShouldContain(line => line.Contains("1 scanned, 1 infected, 2 skipped"));
    }

    [Fact(Timeout = 120_000)]
    public async Task An_upload_in_parts_that_sends_two_events_is_deleted_once_and_well()
    {
        await using var scene = await Scene.CreateAsync(moto.Server, clamd.Server, Cancellation);
        var bucket = await scene.BucketAsync();
        var start = await scene.S3.InitiateMultipartUploadAsync(bucket, "k", Cancellation);
        var parts = new List<PartETag>();
        // The signature lies across the border of the two parts.
        foreach (var (number, content) in new[] { (1, new byte[5 << 20]), (2, Eicar.Bytes[30..]) })
        {
            if (number == 1) Eicar.Bytes.AsSpan(..30).CopyTo(content.AsSpan(^30..));
            var part = await scene.S3.UploadPartAsync(new UploadPartRequest
            {
                BucketName = bucket,
                Key = "k",
                UploadId = start.UploadId,
                PartNumber = number,
                InputStream = new MemoryStream(content),
            }, Cancellation);
            parts.Add(new PartETag(number, part.ETag));
        }
        await scene.S3.CompleteMultipartUploadAsync(new CompleteMultipartUploadRequest
        {
            BucketName = bucket,
            Key = "k",
            UploadId = start.UploadId,
            PartETags = parts,
        }, Cancellation);

        var daemon = scene.Start();
        await scene.AlertOnAsync("k", "INFECTED");
        await scene.WorkedOffAsync();

        scene.Alerts.Count(alert => alert.Status == "INFECTED").ShouldBe(1);
        scene.Alerts.Where(alert => alert.Status != "INFECTED").ShouldAllBe(alert => alert.Reason == "gone");
        (await scene.ReadAsync(bucket, "k")).ShouldBeNull();
        daemon.Errors.ShouldBeEmpty();
    }

    private static async Task OneInfectedAsync(Scene scene, string bucket, string key)
    {
        var daemon = scene.Start();
        var alert = await scene.AlertOnAsync(key, "INFECTED");
        await scene.WorkedOffAsync();

        alert.Action.ShouldBe("DELETE");
        scene.Alerts.Where(other => other.Key == key).ShouldHaveSingleItem();
        (await scene.ReadAsync(bucket, key)).ShouldBeNull();
        (await scene.DepthsAsync(scene.DeadLetterUrl)).ShouldBe((0, 0));
        daemon.Errors.ShouldBeEmpty();
        daemon.Warnings.ShouldBeEmpty();
    }
}
