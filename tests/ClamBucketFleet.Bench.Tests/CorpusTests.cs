using ClamBucketFleet.Bench.Corpora;
using ClamBucketFleet.TestKit;
using Shouldly;
using Xunit;

namespace ClamBucketFleet.Bench.Tests;

public sealed class CorpusTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    [Fact]
    public void A_corpus_is_the_same_from_the_same_seed_and_another_from_another()
    {
        using var first = CorpusBuilder.Small(_directory.Combine("first"), seed: 7, count: 60);
        using var again = CorpusBuilder.Small(_directory.Combine("again"), seed: 7, count: 60);
        using var other = CorpusBuilder.Small(_directory.Combine("other"), seed: 8, count: 60);

        again.Objects.ShouldBe(first.Objects);
        File.ReadAllBytes(Corpus.BytesIn(again.Directory)).ShouldBe(File.ReadAllBytes(Corpus.BytesIn(first.Directory)));
        other.Objects.Select(entry => entry.ETag).Intersect(first.Objects.Select(entry => entry.ETag)).ShouldBeEmpty();
    }

    [Fact]
    public void No_two_objects_of_a_corpus_have_the_same_content()
    {
        using var mixed = CorpusBuilder.Mixed(_directory.Combine("mixed"), seed: 1, count: 40);

        mixed.Objects.Select(entry => entry.ETag).ShouldBeUnique();
    }

    [Fact]
    public void Small_objects_have_1_to_100_KB_as_the_median_of_web_uploads_has_200()
    {
        using var small = CorpusBuilder.Small(_directory.Combine("small"), seed: 1, count: 200);
        using var mixed = CorpusBuilder.Mixed(_directory.Combine("mixed"), seed: 1, count: 101);

        small.Objects.Select(entry => entry.Size).Order().ElementAt(100).ShouldBeInRange(7_000, 14_000);
        small.Objects.Max(entry => entry.Size).ShouldBeInRange(80_000, 140_000);
        mixed.Objects.Select(entry => entry.Size).Order().ElementAt(50).ShouldBeInRange(150_000, 260_000);
        mixed.Objects.Max(entry => entry.Size).ShouldBeGreaterThan(20_000_000);
    }

    [Fact]
    public void A_large_object_reads_the_same_whole_and_in_pieces_and_carries_its_EICAR()
    {
        using var large = CorpusBuilder.Large(_directory.Combine("large"), seed: 1, largest: 4 << 20);
        var infected = large.Objects.Single(entry => entry.Infected);
        var whole = new byte[infected.Size];
        large.Read(infected, 0, whole);
        var pieces = new byte[infected.Size];
        for (var at = 0; at < pieces.Length; at += 7001)
            large.Read(infected, at, pieces.AsSpan(at, Math.Min(7001, pieces.Length - at)));

        pieces.ShouldBe(whole);
        whole.AsSpan().IndexOf(Eicar.Bytes).ShouldBe((int)(infected.Size * 3 / 4));
    }

    public void Dispose() => _directory.Dispose();
}
