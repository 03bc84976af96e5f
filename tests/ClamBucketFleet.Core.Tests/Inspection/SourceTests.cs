using System.IO.Compression;
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

    [Fact(Timeout = 120_000)]
    public async Task Four_gibibytes_of_zip64_with_a_virus_in_the_last_member_are_infected()
    {
        var result = await Inspect.RunAsync(LargeZip(64 << 20, 64, last: PatternEngine.Virus), Large, Draining);
        result.Verdict.ShouldBe(PatternEngine.Found);
        result.Members.ShouldBe(65);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_gibibyte_is_read_in_little_memory_and_clean()
    {
        using var zip = LargeZip(64 << 20, 17, last: [1]);
        var before = GC.GetTotalAllocatedBytes();
        var result = await Inspect.RunAsync(zip, Large, Draining);
        result.Verdict.ShouldBeOfType<Clean>();
        result.BytesInspected.ShouldBe((17L * 64 << 20) + 1);
        (GC.GetTotalAllocatedBytes() - before).ShouldBeLessThan(200L << 20);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_large_member_of_a_tar_in_a_gzip_is_read_in_little_memory()
    {
        var block = Inspect.Noise(1 << 20);
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        using (var tar = new System.Formats.Tar.TarWriter(gzip))
        {
            using var member = new MemoryStream(Enumerable.Repeat(block, 64).SelectMany(part => part).ToArray());
            tar.WriteEntry(new System.Formats.Tar.PaxTarEntry(System.Formats.Tar.TarEntryType.RegularFile, "f") { DataStream = member });
        }

        using var content = new SegmentStream((packed.ToArray(), 1));
        var before = GC.GetTotalAllocatedBytes();
        (await Inspect.RunAsync(content, Large with { SpoolDirectory = null }, Draining)).Verdict.ShouldBeOfType<Clean>();
        (GC.GetTotalAllocatedBytes() - before).ShouldBeLessThan(200L << 20);
    }

    private static InspectionLimits Large => new() { MaxMemberSize = 512 << 20, WindowSize = 256 << 20 };

    private static PatternEngine Draining => new() { KeepsContents = false };

    // The same bytes in every member, so that their checksum is made once.
    private static SegmentStream LargeZip(int length, int count, byte[] last)
    {
        var content = new byte[length];
        Inspect.Noise(1 << 20).CopyTo(content, 12345);
        var crc = ZipBuilder.Checksum(content);
        List<(byte[], long)> segments = [];
        List<byte> directory = [];
        var offset = 0L;
        for (var i = 0; i <= count; i++)
        {
            var part = new ZipPart($"{i}", i == count ? last : content) { Wide = true, Crc = i == count ? null : crc };
            byte[] local = ZipBuilder.Build(part with { Packed = [] })[..(30 + part.Name.Length + 20)];
            ZipBuilder.Numbers((part.Content.Length, 8)).CopyTo(local, local.Length - 8);
            segments.Add((local, 1));
            segments.Add((part.Content, 1));
            directory.AddRange(ZipBuilder.Central(part, part.Content.Length, part.Crc ?? ZipBuilder.Checksum(last), offset));
            offset += local.Length + part.Content.Length;
        }

        segments.Add(([.. directory], 1));
        segments.Add((ZipBuilder.End(count + 1, directory.Count, offset, wide: true), 1));
        return new SegmentStream([.. segments]);
    }
}
