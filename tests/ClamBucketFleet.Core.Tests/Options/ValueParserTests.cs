using ClamBucketFleet.Options;
using FsCheck;
using FsCheck.Fluent;
using Shouldly;
using Xunit;

namespace ClamBucketFleet.Core.Tests.Options;

public sealed class ValueParserTests
{
    [Theory]
    [InlineData("500ms", 500)]
    [InlineData("30s", 30_000)]
    [InlineData("10m", 600_000)]
    [InlineData("3h", 10_800_000)]
    [InlineData("1d", 86_400_000)]
    [InlineData("0s", 0)]
    public void A_duration_has_a_unit(string text, long milliseconds)
    {
        ValueParser.TryDuration(text, out var duration).ShouldBeTrue();
        duration.ShouldBe(TimeSpan.FromMilliseconds(milliseconds));
    }

    [Theory]
    [InlineData("")]
    [InlineData("30")]
    [InlineData("s")]
    [InlineData("-5s")]
    [InlineData("+5s")]
    [InlineData("1.5h")]
    [InlineData("30 s")]
    [InlineData("30S")]
    [InlineData("1w")]
    [InlineData("00:10:00")]
    [InlineData("٣s")]
    [InlineData("10675200d")]
    [InlineData("999999999999999999d")]
    [InlineData("9999999999999999999s")]
    [InlineData("0000000000000000005s")]
    public void What_is_no_duration_is_refused(string text) => ValueParser.TryDuration(text, out _).ShouldBeFalse();

    [Theory]
    [InlineData("0", 0)]
    [InlineData("2147483647", 2147483647)]
    [InlineData("64KiB", 65_536)]
    [InlineData("100MiB", 104_857_600)]
    [InlineData("2GiB", 2_147_483_648)]
    [InlineData("1TiB", 1_099_511_627_776)]
    [InlineData("9223372036854775807", long.MaxValue)]
    [InlineData("8388607TiB", 8_388_607L << 40)]
    public void A_size_is_in_bytes(string text, long bytes)
    {
        ValueParser.TrySize(text, out var size).ShouldBeTrue();
        size.ShouldBe(bytes);
    }

    [Theory]
    [InlineData("")]
    [InlineData("-1")]
    [InlineData("1KB")]
    [InlineData("1kib")]
    [InlineData("1.5GiB")]
    [InlineData("1 GiB")]
    [InlineData("GiB")]
    [InlineData("9223372036854775808")]
    [InlineData("8388608TiB")]
    [InlineData("9999999999999999999KiB")]
    [InlineData("00000000000000000005")]
    public void What_is_no_size_is_refused(string text) => ValueParser.TrySize(text, out _).ShouldBeFalse();

    [Fact]
    public void Any_duration_in_whole_milliseconds_is_read_back() =>
        Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), milliseconds =>
        {
            var duration = TimeSpan.FromMilliseconds(milliseconds);
            return ValueParser.TryDuration(ValueParser.Duration(duration), out var read) && read == duration;
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(86_400_000, "1d")]
    [InlineData(5_400_000, "90m")]
    [InlineData(90_000, "90s")]
    [InlineData(1_500, "1500ms")]
    public void A_duration_is_written_short(long milliseconds, string text) =>
        ValueParser.Duration(TimeSpan.FromMilliseconds(milliseconds)).ShouldBe(text);
}
