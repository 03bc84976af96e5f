using ClamBucketFleet.Options;
using ClamBucketFleet.TestKit;
using Shouldly;
using Xunit;

namespace ClamBucketFleet.Daemon.Tests.BadInput;

/// <summary>Messages that cannot be worked on: a clear line, nothing lost, nothing harmed.</summary>
public sealed class MessageTests(MotoFixture moto, ClamdFixture clamd)
{
    private const int Limit = 60_000;

    [Theory(Timeout = Limit)]
    [InlineData("{ never-in-a-log", "The body is not JSON")]
    [InlineData("\"never-in-a-log\"", "cannot be read and is left to the dead-letter queue: ")]
    [InlineData("""{"note":"never-in-a-log"}""", "cannot be read and is left to the dead-letter queue: ")]
    [InlineData("""{"Records":[{"eventSource":"aws:s3","eventName":"ObjectCreated:Put","s3":{"bucket":{"name":"never-in-a-log"}}}]}""", "has no object")]
    [InlineData("""{"objects":[],"note":"never-in-a-log"}""", "objects is empty: the message names no object.")]
    public async Task A_body_that_names_no_object_goes_to_the_dead_letter_queue(string body, string said)
    {
        using var drain = await Drain.PrepareAsync(moto.Server, clamd.Server);
        await drain.SendAsync(body);

        var result = await drain.RunAsync();

        result.Error.ShouldContain(said);
        result.Error.Split('\n').Count(line => line.Contains("cannot be read", StringComparison.Ordinal)).ShouldBe(1);
        await drain.ExpectDeadAsync(body);
    }

    [Fact(Timeout = Limit)]
    public async Task A_key_of_1024_bytes_works()
    {
        using var drain = await Drain.PrepareAsync(moto.Server, clamd.Server);
        var key = string.Concat(Enumerable.Repeat("ä", 512));
        await drain.Aws.PutAsync(drain.Bucket, key, Eicar.Bytes);
        await drain.SendAsync(Drain.Request(drain.Bucket, key));

        var result = await drain.RunAsync();

        result.Error.ShouldContain($"INFECTED {drain.Bucket}/{key}: {Eicar.Signature}; DELETE, 68 bytes");
        (await drain.Aws.KeysAsync(drain.Bucket)).ShouldBeEmpty();
        await drain.ExpectDoneAsync();
    }

    [Fact(Timeout = Limit)]
    public async Task A_bucket_that_does_not_exist_sends_the_message_to_the_dead_letter_queue()
    {
        using var drain = await Drain.PrepareAsync(moto.Server, clamd.Server);
        var body = Drain.Request("no-such-bucket", "k");
        await drain.SendAsync(body);

        var result = await drain.RunAsync();

        result.Error.ShouldContain(
            "error PROCESSING_ERROR no-such-bucket/k, delivery 1: Opening s3://no-such-bucket/k: the bucket does not exist.");
        await drain.ExpectDeadAsync(body);
    }

    [Fact(Timeout = Limit)]
    public async Task An_object_that_was_deleted_is_skipped()
    {
        using var drain = await Drain.PrepareAsync(moto.Server, clamd.Server);
        await drain.SendAsync(Drain.Request(drain.Bucket, "gone"));

        var result = await drain.RunAsync();

        result.Error.ShouldContain($"info  SKIPPED {drain.Bucket}/gone: gone; NONE, ");
        await drain.ExpectDoneAsync();
    }

    [Fact(Timeout = Limit)]
    public async Task A_topic_that_does_not_exist_keeps_the_object_and_the_message()
    {
        using var drain = await Drain.PrepareAsync(moto.Server, clamd.Server);
        drain.Stage[Settings.AlertsTopicArn] = "arn:aws:sns:eu-west-1:123456789012:nowhere";
        await drain.Aws.PutAsync(drain.Bucket, "k", Eicar.Bytes);
        var body = Drain.Request(drain.Bucket, "k");
        await drain.SendAsync(body);

        var result = await drain.RunAsync();

        result.Error.ShouldContain("there is no such topic. Check Alerts:TopicArn. Until an alert is taken, the object stays where it is.");
        (await drain.Aws.KeysAsync(drain.Bucket)).ShouldBe(["k"]);
        await drain.ExpectDeadAsync(body);
    }

    [Fact(Timeout = Limit)]
    public async Task One_bad_object_among_others_keeps_no_other_from_its_verdict()
    {
        using var drain = await Drain.PrepareAsync(moto.Server, clamd.Server);
        await drain.Aws.PutAsync(drain.Bucket, "k", Eicar.Bytes);
        var body = $$"""{"objects":[{"bucket":"no-such-bucket","key":"a"},{"bucket":"{{drain.Bucket}}","key":"k"}]}""";
        await drain.SendAsync(body);

        var result = await drain.RunAsync();

        result.Error.ShouldContain($"INFECTED {drain.Bucket}/k");
        (await drain.Aws.KeysAsync(drain.Bucket)).ShouldBeEmpty();
        await drain.ExpectDeadAsync(body);
    }
}
