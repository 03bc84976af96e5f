using ClamBucketFleet.Inspection;
using Shouldly;
using Xunit;

namespace ClamBucketFleet.Core.Tests.Inspection;

public sealed class BoundTests
{
    [Fact]
    public async Task A_virus_before_the_bound_is_found_and_one_behind_the_bomb_too()
    {
        var limits = Inspect.Limits with { MaxExpansion = 3 };
        var bomb = new byte[200_000];
        PatternEngine.Virus.CopyTo(bomb, 100);
        (await Inspect.VerdictAsync(ZipBuilder.Build(new ZipPart("bomb", bomb) { Deflate = true }), limits)).ShouldBe(PatternEngine.Found);

        var behind = ZipBuilder.Build(new ZipPart("bomb", new byte[200_000]) { Deflate = true }, new ZipPart("v", Inspect.Infected(500)));
        (await Inspect.VerdictAsync(behind, limits)).ShouldBe(PatternEngine.Found);
        var harmless = ZipBuilder.Build(new ZipPart("bomb", new byte[200_000]) { Deflate = true }, new ZipPart("v", Inspect.Noise(500)));
        (await Inspect.VerdictAsync(harmless, limits)).ShouldBe(Inspect.LimitsExceeded);
    }

    [Fact]
    public async Task Too_many_members_are_unscannable_and_the_rest_is_read_by_windows()
    {
        var parts = Enumerable.Range(0, 20).Select(i => new ZipPart($"{i}", Inspect.Noise(100, i))).ToArray();
        var limits = Inspect.Limits with { MaxMembers = 10 };
        (await Inspect.VerdictAsync(ZipBuilder.Build(parts), limits)).ShouldBe(Inspect.LimitsExceeded);
        (await Inspect.VerdictAsync(ZipBuilder.Build(parts), limits with { MaxMembers = 20 })).ShouldBeOfType<Clean>();
        parts[15] = new ZipPart("v", Inspect.Infected(100));
        (await Inspect.VerdictAsync(ZipBuilder.Build(parts), limits)).ShouldBe(PatternEngine.Found);
    }

    [Fact]
    public async Task Too_deep_a_nesting_is_unscannable()
    {
        var content = Inspect.Noise(2 * Inspect.Limit);
        var nested = ZipBuilder.Build(new ZipPart("a", content[..Inspect.Limit]), new ZipPart("b", content[Inspect.Limit..]));
        for (var depth = 2; depth <= 4; depth++)
            nested = ZipBuilder.Build(new ZipPart("inner", nested));
        (await Inspect.VerdictAsync(nested, Inspect.Limits with { MaxDepth = 4 })).ShouldBeOfType<Clean>();
        (await Inspect.VerdictAsync(nested, Inspect.Limits with { MaxDepth = 3 })).ShouldBe(Inspect.LimitsExceeded);
    }

    [Fact]
    public void Time_grows_with_the_objects_size()
    {
        var limits = new InspectionLimits { MaxMemberSize = 1000 };
        var timeout = TimeSpan.FromMinutes(10);
        limits.Patience(timeout, 0).ShouldBe(timeout);
        limits.Patience(timeout, 1000).ShouldBe(timeout);
        limits.Patience(timeout, 1001).ShouldBe(2 * timeout);
        limits.Patience(timeout, long.MaxValue).ShouldBe(TimeSpan.FromHours(11));
    }
}
