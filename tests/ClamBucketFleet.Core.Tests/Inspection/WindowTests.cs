using ClamBucketFleet.Inspection;
using Shouldly;
using Xunit;

namespace ClamBucketFleet.Core.Tests.Inspection;

public sealed class WindowTests
{
    private const int Overlap = 1024;

    [Fact]
    public async Task Windows_alone_never_make_clean()
    {
        foreach (var length in new[] { 1, Inspect.Limit, Inspect.Limit + 1, 3 * Inspect.Limit })
            (await Inspect.VerdictAsync(new byte[length])).ShouldBe(Inspect.TooLarge);
    }

    [Fact]
    public async Task Every_byte_is_in_a_window_and_windows_overlap()
    {
        var content = Inspect.Noise(3 * Inspect.Limit + 100);
        var engine = new PatternEngine();
        var result = await Inspect.RunAsync(content, null, engine);
        result.BytesInspected.ShouldBe(content.Length);
        result.Windows.ShouldBe(engine.Contents.Count);
        var whole = engine.Contents.First();
        foreach (var window in engine.Contents.Skip(1))
        {
            window[..Overlap].ShouldBe(whole[^Overlap..]);
            whole = Inspect.Join(whole, window[Overlap..]);
        }

        whole.AsSpan().SequenceEqual(content).ShouldBeTrue();
    }

    [Fact]
    public async Task A_virus_across_any_border_is_found()
    {
        var step = Inspect.Limit - Overlap;
        foreach (var border in new[] { Inspect.Limit, Inspect.Limit + step, Inspect.Limit + 2 * step })
        {
            for (var before = 1; before < PatternEngine.Virus.Length; before++)
            {
                var content = new byte[4 * Inspect.Limit];
                PatternEngine.Virus.CopyTo(content, border - before);
                (await Inspect.VerdictAsync(content)).ShouldBe(PatternEngine.Found, $"{before} bytes before {border}");
            }
        }
    }

    [Fact]
    public async Task A_virus_in_the_third_window_is_found_and_nothing_is_read_behind_it()
    {
        using var content = new SegmentStream(
            (new byte[Inspect.Limit], 2), (PatternEngine.Virus, 1), (new byte[Inspect.Limit], 1000));
        var result = await Inspect.RunAsync(content);
        result.Verdict.ShouldBe(PatternEngine.Found);
        content.BytesRead.ShouldBeLessThan(5 * Inspect.Limit);
    }

    [Theory(Timeout = 120_000)]
    [InlineData(3)]
    [InlineData(5)]
    public async Task An_empty_object_of_some_gibibytes_is_unscannable_after_windows(int gibibytes)
    {
        using var content = new SegmentStream((new byte[1 << 20], gibibytes * 1024L));
        var engine = new PatternEngine { KeepsContents = false };
        var limits = new InspectionLimits { MaxMemberSize = int.MaxValue };
        var result = await Inspect.RunAsync(content, limits, engine);
        result.Verdict.ShouldBe(Inspect.TooLarge);
        result.BytesInspected.ShouldBe(content.Total);
        result.Windows.ShouldBe(gibibytes * 2 + 1);
    }
}
