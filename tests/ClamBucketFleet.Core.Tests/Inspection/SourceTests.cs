using ClamBucketFleet.Inspection;
using Shouldly;
using Xunit;

namespace ClamBucketFleet.Core.Tests.Inspection;

public sealed class SourceTests
{
    private static readonly byte[] Zip = ZipBuilder.Build(
        new ZipPart("a", Inspect.Noise(30_000, 1)),
        new ZipPart("b", Inspect.Noise(30_000, 2)) { Deflate = true },
        new ZipPart("c", Inspect.Noise(30_000, 3)) { Deflate = true, Descriptor = 4 });

    public static TheoryData<long> Places => [0, 10, 20_000, 45_000, 70_000, Zip.Length - 5, Zip.Length];

    [Theory]
    [MemberData(nameof(Places))]
    public async Task What_the_source_throws_comes_through_unchanged(long place)
    {
        var failure = new TryAgainException("the rest cannot be had");
        using var content = new SegmentStream((Zip, 1)) { FailsAt = place, Failure = failure, MostAtOnce = 1000 };
        (await Should.ThrowAsync<TryAgainException>(() => Inspect.RunAsync(content))).ShouldBeSameAs(failure);
    }

    [Fact]
    public async Task A_source_that_ends_early_is_no_verdict()
    {
        using var content = new SegmentStream((Zip, 1));
        var inspector = new Inspector(new PatternEngine(), Inspect.Limits);
        await Should.ThrowAsync<TryAgainException>(
            () => inspector.InspectAsync(content, Zip.Length + 1, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task An_engine_that_answers_before_it_has_read_everything_is_not_believed()
    {
        await Should.ThrowAsync<TryAgainException>(() => Inspect.RunAsync(Zip, null, new PatternEngine { Lies = true }));
    }

    [Fact]
    public async Task It_can_be_given_up()
    {
        using var source = new CancellationTokenSource();
        using var content = new SegmentStream((new byte[1 << 16], 1 << 20));
        await source.CancelAsync();
        var inspector = new Inspector(new PatternEngine(), Inspect.Limits);
        await Should.ThrowAsync<OperationCanceledException>(() => inspector.InspectAsync(content, content.Total, source.Token));
    }
}
