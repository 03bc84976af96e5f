using ClamBucketFleet.Messages;
using FsCheck;
using FsCheck.Fluent;
using Shouldly;
using Xunit;

namespace ClamBucketFleet.Core.Tests.Messages;

public sealed class MessageDecoderTests
{
    [Fact]
    public void An_S3_event_names_object_version_ETag_and_time() =>
        MessageDecoder.Decode(Bodies.Created("a%20b")).ShouldBe([new ObjectRef(
            "bucket", "a b", "096fKKXTRTtl3on89fVO.nfljtsv6qko", "b1946ac92492d2347c6235b4d2611184",
            new DateTimeOffset(2026, 1, 1, 0, 0, 0, 123, TimeSpan.Zero))]);

    [Fact]
    public void Every_record_of_an_event_is_read() =>
        MessageDecoder.Decode(Bodies.S3Event(
                ("ObjectCreated:Put", "one"),
                ("ObjectCreated:Copy", "two"),
                ("ObjectCreated:CompleteMultipartUpload", "three"),
                ("s3:ObjectCreated:Post", "four")))
            .Select(o => o.Key).ShouldBe(["one", "two", "three", "four"]);

    [Theory]
    [InlineData("ObjectRemoved:Delete")]
    [InlineData("ObjectRemoved:DeleteMarkerCreated")]
    [InlineData("ObjectTagging:Put")]
    [InlineData("ObjectRestore:Completed")]
    [InlineData("LifecycleExpiration:Delete")]
    public void An_event_that_creates_nothing_asks_for_nothing(string name)
    {
        MessageDecoder.Decode(Bodies.S3Event((name, "k"))).ShouldBeEmpty();
        MessageDecoder.Decode(Bodies.S3Event((name, "k"), ("ObjectCreated:Put", "other"))).Single().Key.ShouldBe("other");
    }

    [Fact]
    public void A_record_as_moto_writes_it_is_read() =>
        MessageDecoder.Decode(
            """
            {"Records":[{"eventVersion":"2.1","eventName":"ObjectCreated:Put","eventTime":"2026-01-01T00:00:00",
              "s3":{"bucket":{"name":"bucket"},"object":{"key":"a%2Fb%2Bc","size":5,"eTag":"\"abc\"","versionId":null}}}]}
            """).ShouldBe([new ObjectRef("bucket", "a/b+c", null, "abc", new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero))]);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public void An_event_is_found_in_layers_of_SNS(int layers)
    {
        var body = Bodies.Created("a%2Fb");
        for (var i = 0; i < layers; i++)
            body = Bodies.Sns(body);

        MessageDecoder.Decode(body).Single().Key.ShouldBe("a/b");
    }

    [Fact]
    public void More_layers_of_SNS_than_anybody_means_are_poison()
    {
        var body = Bodies.Created("k");
        for (var i = 0; i < 5; i++)
            body = Bodies.Sns(body);

        Should.Throw<PoisonMessageException>(() => MessageDecoder.Decode(body)).Message.ShouldContain("SNS");
    }

    [Fact]
    public void Keys_of_EventBridge_are_taken_as_they_are() =>
        MessageDecoder.Decode(Bodies.EventBridge("a+b%2Fc d")).ShouldBe([new ObjectRef(
            "bucket", "a+b%2Fc d", "IYV3p45BT0ac8hjHg1houSdS1a.Mro8e", "b1946ac92492d2347c6235b4d2611184",
            new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero))]);

    [Fact]
    public void Other_events_of_S3_on_EventBridge_ask_for_nothing() =>
        MessageDecoder.Decode(Bodies.EventBridge("k", "Object Tags Added")).ShouldBeEmpty();

    [Fact]
    public void An_event_of_another_source_has_lost_its_way() =>
        Should.Throw<PoisonMessageException>(() => MessageDecoder.Decode(Bodies.EventBridge("k", source: "aws.ec2")))
            .Message.ShouldContain("aws.s3");

    [Fact]
    public void Both_forms_of_a_plain_request_take_keys_as_they_are()
    {
        MessageDecoder.Decode("""{"bucket":"bucket","key":"a+b%2F"}""").ShouldBe([new ObjectRef("bucket", "a+b%2F")]);
        MessageDecoder.Decode("""{"objects":[{"bucket":"bucket","key":"a+b","versionId":"v1"},{"bucket":"other","key":"%"}]}""")
            .ShouldBe([new ObjectRef("bucket", "a+b", "v1"), new ObjectRef("other", "%")]);
    }

    [Fact]
    public void A_test_event_asks_for_nothing_also_through_SNS()
    {
        const string test = """
            {"Service":"Amazon S3","Event":"s3:TestEvent","Time":"2026-01-01T00:00:00.000Z","Bucket":"bucket",
             "RequestId":"5582815E1AEA5ADF","HostId":"8cLeGAmw098X5cv4Zkwcmo8vvZa3eH3eKxsPzbB9wrR"}
            """;
        MessageDecoder.Decode(test).ShouldBeEmpty();
        MessageDecoder.Decode(Bodies.Sns(test)).ShouldBeEmpty();
    }

    [Fact]
    public void An_object_may_be_without_version_ETag_and_time() =>
        MessageDecoder.Decode(
            """{"Records":[{"eventName":"ObjectCreated:Put","eventTime":"not a time","s3":{"bucket":{"name":"bucket"},"object":{"key":"k","versionId":""}}}]}""")
            .ShouldBe([new ObjectRef("bucket", "k")]);

    [Fact]
    public void Any_key_comes_the_same_through_every_form() =>
        Prop.ForAll(Generators.Keys, key => new[]
        {
            Bodies.Created(KeyEncoding.Aws(key)),
            Bodies.Created(KeyEncoding.Moto(key)),
            Bodies.Sns(Bodies.Created(KeyEncoding.Aws(key))),
            Bodies.EventBridge(key),
            Fakes.Some.Request(key),
        }.All(body => MessageDecoder.Decode(body).Single().Key == key)).QuickCheckThrowOnFailure();
}
