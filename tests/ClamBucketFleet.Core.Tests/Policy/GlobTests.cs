using ClamBucketFleet.Options;
using ClamBucketFleet.Policy;
using Shouldly;
using Xunit;

namespace ClamBucketFleet.Core.Tests.Policy;

public sealed class GlobTests
{
    [Theory]
    [InlineData("b/*", "b/key", true)]
    [InlineData("b/*", "b/dir/key", false)]
    [InlineData("b/**", "b/dir/key", true)]
    [InlineData("b/**", "bb/key", false)]
    [InlineData("**/*.exe", "b/dir/a.exe", true)]
    [InlineData("**.exe", "b/dir/a.exe.txt", false)]
    [InlineData("b/?", "b/k", true)]
    [InlineData("b/?", "b/", false)]
    [InlineData("b?k", "b/k", false)]
    [InlineData("b/[abc]", "b/b", true)]
    [InlineData("b/[a-c]x", "b/dx", false)]
    [InlineData("b/[!abc]", "b/d", true)]
    [InlineData("b/[!abc]", "b/a", false)]
    [InlineData("b[!x]k", "b/k", false)]
    [InlineData("b/[]]", "b/]", true)]
    [InlineData("b/[!]]", "b/a", true)]
    [InlineData("b/[!]]", "b/]", false)]
    [InlineData("b/[!-a]", "b/-", false)]
    [InlineData("b/[!-a]", "b/Z", true)]
    [InlineData("b/[a-]", "b/-", true)]
    [InlineData("b/[^a]", "b/^", true)]
    [InlineData("b/[^a]", "b/b", false)]
    [InlineData(@"b/[\d]", "b/5", false)]
    [InlineData(@"b/[\d]", @"b/\", true)]
    [InlineData("b/a.c", "b/abc", false)]
    [InlineData("b/(a|b)$", "b/(a|b)$", true)]
    [InlineData("b/KEY", "b/key", false)]
    [InlineData("b/*.txt", "b/line\nbreak.txt", true)]
    [InlineData("b/**.txt", "b/line\n/break.txt", true)]
    [InlineData("b/key", "b/key\n", false)]
    [InlineData("b/key", "\nb/key", false)]
    public void A_pattern_means_what_its_users_expect(string pattern, string name, bool matches) =>
        new GlobPattern(pattern).IsMatch(name).ShouldBe(matches);

    [Theory]
    [InlineData("")]
    [InlineData("b/[abc")]
    [InlineData("b/[z-a]")]
    [InlineData("b/[]")]
    [InlineData("b/[!]")]
    public void What_is_no_pattern_is_refused(string pattern) => GlobPattern.IsValid(pattern).ShouldBeFalse();

    [Fact]
    public void A_pattern_has_a_longest_length()
    {
        GlobPattern.IsValid(new string('a', 1024)).ShouldBeTrue();
        GlobPattern.IsValid(new string('a', 2048)).ShouldBeFalse();
        GlobPattern.IsValid(new string('a', 2049)).ShouldBeFalse();
    }

    [Fact(Timeout = 10_000)]
    public async Task A_hostile_key_cannot_make_a_match_slow()
    {
        var pattern = new GlobPattern(string.Concat(Enumerable.Repeat("**a*a", 20)) + "b");
        var key = new string('a', 1024);

        (await Task.Run(() => pattern.IsMatch(key), TestContext.Current.CancellationToken)).ShouldBeFalse();
    }

    [Fact]
    public void An_object_is_admitted_by_one_inclusion_and_no_exclusion()
    {
        var filter = new ObjectFilter(new FilterOptions(["photos/**", "*/in/**"], ["**/*.tmp"]));

        filter.Admits("photos", "a.jpg").ShouldBeTrue();
        filter.Admits("other", "in/a.jpg").ShouldBeTrue();
        filter.Admits("other", "out/a.jpg").ShouldBeFalse();
        filter.Admits("photos", "a.tmp").ShouldBeFalse();
    }

    [Fact]
    public void Without_patterns_everything_is_admitted() =>
        new ObjectFilter(new FilterOptions([], [])).Admits("b", "../\n\u202e").ShouldBeTrue();
}
