using System.Text.Json;
using ClamBucketFleet.Messages;
using FsCheck;
using FsCheck.Fluent;
using Shouldly;
using Xunit;

namespace ClamBucketFleet.Core.Tests.Messages;

public sealed class PoisonTests
{
    private const string Event = """{"Records":[{"eventName":"ObjectCreated:Put","s3":{"bucket":{"name":"bucket"},"object":{"key":"KEY"}}}]}""";

    [Theory]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("hello")]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("5")]
    [InlineData("true")]
    [InlineData("\"text\"")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"Event":5}""")]
    [InlineData("""{"Event":{}}""")]
    [InlineData("""{"Event":"s3:Other"}""")]
    [InlineData("""{"Message":"{}"}""")]
    [InlineData("""{"Message":5,"TopicArn":"arn"}""")]
    [InlineData("""{"Message":"You have chosen to subscribe","TopicArn":"arn"}""")]
    [InlineData("""{"Recor\ud800ds":[],"key":"k"}""")]
    [InlineData("""{"Records":null}""")]
    [InlineData("""{"Records":{}}""")]
    [InlineData("""{"Records":[]}""")]
    [InlineData("""{"Records":[5]}""")]
    [InlineData("""{"Records":[{}]}""")]
    [InlineData("""{"Records":[{"eventName":5}]}""")]
    [InlineData("""{"Records":[{"eventName":"ObjectCreated:Put"}]}""")]
    [InlineData("""{"Records":[{"eventName":"INSERT","dynamodb":{}}]}""")]
    [InlineData("""{"Records":[{"eventName":"ObjectCreated:Put","s3":{"bucket":{"name":"bucket"}}}]}""")]
    [InlineData("""{"Records":[{"eventName":"ObjectCreated:Put","s3":{"bucket":{"name":"bucket"},"object":{}}}]}""")]
    [InlineData("""{"Records":[{"eventName":"ObjectCreated:Put","s3":{"bucket":{"name":"bucket"},"object":"k"}}]}""")]
    [InlineData("""{"Records":[{"eventName":"ObjectCreated:Put","s3":{"bucket":"bucket","object":{"key":"k"}}}]}""")]
    [InlineData("""{"Records":[{"eventName":"ObjectCreated:Put","s3":{"bucket":{"name":"bucket"},"object":{"key":"k","versionId":5}}}]}""")]
    [InlineData("""{"objects":[]}""")]
    [InlineData("""{"objects":"k"}""")]
    [InlineData("""{"objects":[{"bucket":"bucket"}]}""")]
    [InlineData("""{"objects":[{"key":"k"}]}""")]
    [InlineData("""{"bucket":"bucket"}""")]
    [InlineData("""{"bucket":"bucket","key":null}""")]
    [InlineData("""{"bucket":"bucket","key":"\ud800"}""")]
    [InlineData("""{"detail-type":5,"source":"aws.s3"}""")]
    [InlineData("""{"detail-type":"Object Created"}""")]
    [InlineData("""{"detail-type":"Object Created","source":"aws.s3"}""")]
    [InlineData("""{"detail-type":"Object Created","source":"aws.s3","detail":{"bucket":{"name":"bucket"},"object":{}}}""")]
    public void What_cannot_be_read_is_poison(string body) =>
        Should.Throw<PoisonMessageException>(() => MessageDecoder.Decode(body)).Message.ShouldNotBeEmpty();

    [Theory]
    [InlineData("")]
    [InlineData("%")]
    [InlineData("a%2")]
    [InlineData("%zz")]
    [InlineData("%ff%fe")]
    [InlineData("%C0%AF")]
    public void A_key_that_decodes_to_no_name_is_poison(string key) => Should.Throw<PoisonMessageException>(() =>
        MessageDecoder.Decode(Event.Replace("KEY", key, StringComparison.Ordinal)));

    [Fact]
    public void A_key_has_at_most_1024_bytes()
    {
        var longest = string.Concat(Enumerable.Repeat("é", 512));

        MessageDecoder.Decode(Fakes.Some.Request(longest)).Single().Key.ShouldBe(longest);
        Should.Throw<PoisonMessageException>(() => MessageDecoder.Decode(Fakes.Some.Request(longest + "a")))
            .Message.ShouldContain("1025");
    }

    [Theory]
    [InlineData("")]
    [InlineData("ab")]
    [InlineData("a/b/c")]
    [InlineData("../etc")]
    [InlineData("bücket")]
    [InlineData("buc ket")]
    public void A_bucket_that_S3_cannot_have_is_poison(string bucket) => Should.Throw<PoisonMessageException>(() =>
        MessageDecoder.Decode(JsonSerializer.Serialize(new { bucket, key = "k" })));

    [Fact]
    public void A_time_that_is_not_Unicode_is_no_time() =>
        MessageDecoder.Decode(
            """{"Records":[{"eventName":"ObjectCreated:Put","eventTime":"\ud800","s3":{"bucket":{"name":"bucket"},"object":{"key":"k"}}}]}""")
            .ShouldBe([new ObjectRef("bucket", "k")]);

    [Fact]
    public void A_time_may_be_written_with_escapes_and_an_offset() =>
        MessageDecoder.Decode(
            """{"Records":[{"eventName":"ObjectCreated:Put","eventTime":"2026-01-01T02:00:00\u002B02:00","s3":{"bucket":{"name":"bucket"},"object":{"key":"k"}}}]}""")
            .Single().EventTime.ShouldBe(Fakes.Some.Now);

    [Theory]
    [InlineData("secret of the customer")]
    [InlineData("{\"secret\": customer}")]
    [InlineData("[\"secret\",")]
    public void Nothing_of_a_body_that_is_not_JSON_is_repeated(string body)
    {
        var poison = Should.Throw<PoisonMessageException>(() => MessageDecoder.Decode(body));

        poison.ToString().ShouldNotContain("secret");
        poison.ToString().ShouldNotContain("customer");
    }

    [Fact]
    public void A_hostile_bucket_is_escaped()
    {
        var body = JsonSerializer.Serialize(new { bucket = "x\n\u001b[31m\u202eadmin", key = "k" });

        Should.Throw<PoisonMessageException>(() => MessageDecoder.Decode(body)).Message
            .ShouldContain(@"x\u000a\u001b[31m\u202eadmin");
    }

    [Fact]
    public void Any_text_is_read_or_refused_as_poison() =>
        Prop.ForAll(Generators.Utf16, text => Outcome.IsTextOrPoison(() => MessageDecoder.Decode(text)))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(1000));

    [Fact]
    public void Any_JSON_is_read_or_refused_as_poison() =>
        Prop.ForAll(Generators.Json, json => Outcome.IsTextOrPoison(() => MessageDecoder.Decode(json)))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(3000));

    [Fact]
    public void Any_text_in_place_of_a_key_is_read_or_refused_as_poison() =>
        Prop.ForAll(Generators.Utf16, text => Outcome.IsTextOrPoison(() =>
                MessageDecoder.Decode(Event.Replace("KEY", text, StringComparison.Ordinal))))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(1000));
}
