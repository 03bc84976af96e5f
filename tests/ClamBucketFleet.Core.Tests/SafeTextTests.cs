using System.Globalization;
using System.Text;
using ClamBucketFleet.Core.Tests.Messages;
using FsCheck;
using FsCheck.Fluent;
using Shouldly;
using Xunit;

namespace ClamBucketFleet.Core.Tests;

public sealed class SafeTextTests
{
    [Theory]
    [InlineData("plain text, ÄÖ, 日本, 😀", "plain text, ÄÖ, 日本, 😀")]
    [InlineData("a\r\nb\tc\0", @"a\u000d\u000ab\u0009c\u0000")]
    [InlineData("\u001b[2J\u009b31m\u007f", @"\u001b[2J\u009b31m\u007f")]
    [InlineData("\u202egnp.exe\u2066\u200f", @"\u202egnp.exe\u2066\u200f")]
    [InlineData("a\u2028b\u2029", @"a\u2028b\u2029")]
    [InlineData(@"a\u000ab", @"a\\u000ab")]
    [InlineData("\ufeffzero\u200bwidth", @"\ufeffzero\u200bwidth")]
    [InlineData("\U000e0041tag", @"\udb40\udc41tag")]
    [InlineData("\U0010fffdprivate", @"\udbff\udffdprivate")]
    [InlineData("", "")]
    public void Only_what_deceives_is_escaped(string text, string safe) => SafeText.Escape(text).ShouldBe(safe);

    [Fact]
    public void Half_a_character_is_escaped() => SafeText.Escape("\ud800a\udc00").ShouldBe(@"\ud800a\udc00");

    [Fact]
    public void Nothing_that_moves_a_cursor_comes_through() =>
        Prop.ForAll(Generators.Utf16, text => SafeText.Escape(text).EnumerateRunes().All(IsSafe))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(1000));

    [Fact]
    public void No_two_texts_look_the_same() =>
        Prop.ForAll(Generators.Utf16, Generators.Utf16, (a, b) => a == b || SafeText.Escape(a) != SafeText.Escape(b))
            .QuickCheckThrowOnFailure();

    private static bool IsSafe(Rune rune) => Rune.GetUnicodeCategory(rune) is not (
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or
        UnicodeCategory.ParagraphSeparator or UnicodeCategory.Surrogate);
}
