using System.IO.Compression;
using ClamBucketFleet.Inspection;
using Shouldly;
using Xunit;

namespace ClamBucketFleet.Core.Tests.Inspection;

/// <summary>What the whole process allocates is measured, so nothing runs beside these.</summary>
[CollectionDefinition(nameof(MemoryTests), DisableParallelization = true)]
public sealed class MemoryCollection;

[Collection(nameof(MemoryTests))]
public sealed class MemoryTests
{
    [Fact(Timeout = 120_000)]
    public async Task A_bomb_stops_at_its_bound_and_memory_stays_flat()
    {
        var bomb = Gzip(new byte[1 << 20], 512);
        var engine = new PatternEngine { KeepsContents = false };
        var limits = Inspect.Limits with { MaxMemberSize = 1 << 20, WindowSize = 1 << 20, MemoryWindow = 1 << 20, MaxExpansion = 20 };
        var before = GC.GetTotalAllocatedBytes();
        var result = await Inspect.RunAsync(bomb, limits, engine);
        result.Verdict.ShouldBe(Inspect.LimitsExceeded);
        engine.Bytes.ShouldBeLessThan(bomb.Length * 24L);
        (GC.GetTotalAllocatedBytes() - before).ShouldBeLessThan(400L << 20);
    }

    [Fact(Timeout = 120_000)]
    public async Task Ten_mebibytes_that_unpack_to_ten_gibibytes_stop_at_a_hundred_times_their_length()
    {
        using var bomb = new SegmentStream((Gzip(new byte[1 << 20], 64), 160));
        var engine = new PatternEngine { KeepsContents = false };
        var before = GC.GetTotalAllocatedBytes();
        var result = await Inspect.RunAsync(bomb, Large with { SpoolDirectory = null }, engine);
        result.Verdict.ShouldBe(Inspect.LimitsExceeded);

        // Windows have an eighth in common, and what is packed goes through windows too.
        engine.Bytes.ShouldBeLessThan(bomb.Total * 100 * 3 / 2);
        (GC.GetTotalAllocatedBytes() - before).ShouldBeLessThan(300L << 20);
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

    private static byte[] Gzip(byte[] block, int times)
    {
        using var bytes = new MemoryStream();
        using (var gzip = new GZipStream(bytes, CompressionLevel.Optimal, leaveOpen: true))
        {
            for (var i = 0; i < times; i++)
                gzip.Write(block);
        }

        return bytes.ToArray();
    }
}
