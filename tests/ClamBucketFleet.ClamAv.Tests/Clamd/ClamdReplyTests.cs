using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Shouldly;

namespace ClamBucketFleet.ClamAv.Tests;

public sealed class ClamdReplyTests
{
    private static readonly byte[] Ok = "stream: OK\0"u8.ToArray();

    [Fact]
    public void The_whole_reply_that_says_OK_is_clean() => ClamdReply.Parse(Ok, 5, 5).ShouldBeOfType<Clean>();

    [Fact]
    public void A_reply_that_says_OK_to_fewer_bytes_than_the_object_has_is_none() =>
        Should.Throw<TryAgainException>(() => ClamdReply.Parse(Ok, 4, 5));

    [Theory]
    [InlineData("Eicar-Test-Signature.UNOFFICIAL")]
    [InlineData("A name with spaces")]
    [InlineData("Win.Trojan:Agent/1")]
    [InlineData("OK")]
    public void The_whole_reply_that_names_a_signature_is_infected(string name) =>
        ClamdReply.Parse(Encoding.UTF8.GetBytes($"stream: {name} FOUND\0"), 5, 5)
            .ShouldBe(new Infected([name]));

    [Theory]
    [InlineData("Heuristics.Limits.Exceeded.MaxFileSize", UnscannableReason.LimitsExceeded)]
    [InlineData("Heuristics.Limits.Exceeded.MaxScanTime", UnscannableReason.Timeout)]
    [InlineData("Heuristics.Limits.Exceeded.EmailHeaders", UnscannableReason.LimitsExceeded)]
    [InlineData("Heuristics.Encrypted.Zip", UnscannableReason.Encrypted)]
    [InlineData("Heuristics.Encrypted.PDF", UnscannableReason.Encrypted)]
    public void A_heuristic_that_says_not_looked_is_unscannable(string name, UnscannableReason reason) =>
        ClamdReply.Parse(Encoding.UTF8.GetBytes($"stream: {name} FOUND\0"), 5, 5).ShouldBe(new Unscannable(reason));

    [Theory]
    [InlineData("")]
    [InlineData("\0")]
    [InlineData("stream: OK")]
    [InlineData("stream: OK\n")]
    [InlineData("stream: OK\0\0")]
    [InlineData("stream: OK\0stream: OK\0")]
    [InlineData("1: stream: OK\0")]
    [InlineData("fd[10]: OK\0")]
    [InlineData("/etc/passwd: OK\0")]
    [InlineData("Error writing to temporary file ERROR\0stream: OK\0")]
    [InlineData("Error writing to temporary file ERRORstream: OK\0")]
    [InlineData("stream: Can't open file or directory ERROR\0")]
    [InlineData("stream: FOUND\0")]
    [InlineData("stream:  FOUND\0")]
    [InlineData("stream: A FOUND")]
    [InlineData("stream: A FOUND\0stream: OK\0")]
    [InlineData("stream: A FOUND\0stream: B FOUND\0")]
    [InlineData("stream: A FOUNDstream: B FOUND\0")]
    [InlineData("stream: OK\nstream: B FOUND\0")]
    [InlineData("stream: ok\0")]
    [InlineData("COMMAND READ TIMED OUT\0")]
    [InlineData("UNKNOWN COMMAND\0")]
    [InlineData("INSTREAM size limit exceeded. ERROR\0")]
    [InlineData("PONG\0")]
    public void Anything_else_is_no_verdict(string reply) =>
        Should.Throw<TryAgainException>(() => ClamdReply.Parse(Encoding.UTF8.GetBytes(reply), 5, 5));

    [Fact]
    public void A_name_that_is_not_UTF_8_is_no_verdict() =>
        Should.Throw<TryAgainException>(() => ClamdReply.Parse([.. "stream: "u8, 0xFF, 0xFE, .. " FOUND\0"u8], 5, 5));

    [Fact]
    public void The_message_quotes_the_reply_without_its_control_characters() =>
        Should.Throw<TryAgainException>(() => ClamdReply.Parse("stream: \e[31m ERROR\0"u8, 5, 5))
            .Message.ShouldContain(@"stream: \u001b[31m ERROR\u0000");

    [Fact]
    public void No_byte_string_but_the_two_forms_is_a_verdict() => Prop.ForAll<byte[]>(NoVerdict).QuickCheckThrowOnFailure();

    [Fact]
    public void No_text_around_or_inside_OK_is_clean() => Prop.ForAll<byte[], byte[]>((before, after) =>
        before.Length + after.Length == 0 ||
        (NotClean([.. before, .. Ok, .. after]) && NotClean([.. Ok[..8], .. before, .. Ok[8..], .. after])))
        .QuickCheckThrowOnFailure();

    [Fact]
    public void No_change_of_one_byte_of_OK_is_clean() => Prop.ForAll<int, byte>((at, value) =>
    {
        var mutated = Ok.ToArray();
        mutated[(int)((uint)at % (uint)Ok.Length)] = value;
        return mutated.SequenceEqual(Ok) || NotClean(mutated);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void No_part_of_OK_is_clean() =>
        Enumerable.Range(0, Ok.Length).All(length => NotClean(Ok[..length])).ShouldBeTrue();

    private static bool NoVerdict(byte[] reply)
    {
        try
        {
            return ClamdReply.Parse(reply, 5, 5) is null;
        }
        catch (TryAgainException)
        {
            return true;
        }
    }

    private static bool NotClean(byte[] reply)
    {
        try
        {
            return ClamdReply.Parse(reply, 5, 5) is not Clean;
        }
        catch (TryAgainException)
        {
            return true;
        }
    }
}
