using ClamBucketFleet.Messages;
using FsCheck;
using FsCheck.Fluent;
using Shouldly;
using Xunit;

namespace ClamBucketFleet.Core.Tests.Messages;

public sealed class KeyCodecTests
{
    [Theory]
    [InlineData("plain.txt", "plain.txt")]
    [InlineData("a+b", "a b")]
    [InlineData("a%2Bb", "a+b")]
    [InlineData("a%2fb/c", "a/b/c")]
    [InlineData("100%25", "100%")]
    [InlineData("%252F", "%2F")]
    [InlineData("%F0%9F%98%80", "😀")]
    [InlineData("é%20é", "é é")]
    [InlineData("%00", "\0")]
    public void A_key_is_decoded_once(string encoded, string key) => KeyCodec.Decode(encoded).ShouldBe(key);

    [Theory]
    [InlineData("%")]
    [InlineData("a%2")]
    [InlineData("a%zz")]
    [InlineData("%+2")]
    [InlineData("%ff")]
    [InlineData("%C3")]
    [InlineData("%ED%A0%80")]
    public void A_key_that_names_no_object_is_refused(string encoded) =>
        Should.Throw<PoisonMessageException>(() => KeyCodec.Decode(encoded));

    [Fact]
    public void A_lone_surrogate_beside_an_escape_is_refused() =>
        Should.Throw<PoisonMessageException>(() => KeyCodec.Decode("+\ud800"));

    [Fact]
    public void Any_key_comes_back_from_either_encoding() =>
        Prop.ForAll(Generators.Keys, key =>
                KeyCodec.Decode(KeyEncoding.Aws(key)) == key && KeyCodec.Decode(KeyEncoding.Moto(key)) == key)
            .QuickCheckThrowOnFailure();

    [Fact]
    public void Any_text_is_decoded_or_refused_as_poison() =>
        Prop.ForAll(Generators.Utf16, text => Outcome.IsTextOrPoison(() => KeyCodec.Decode(text)))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(1000));
}
