using System.Formats.Tar;
using System.IO.Compression;
using Shouldly;
using Xunit;

namespace ClamBucketFleet.Core.Tests.Inspection;

public sealed class GzipTests
{
    private static readonly byte[] A = Inspect.Noise(60_000, 1), B = Inspect.Noise(50_000, 2);

    // The engine could take the packed bytes themselves: these tests ask for less.
    private static readonly byte[] Small = Inspect.Noise(300, 3);

    private static byte[] Gzip(byte[] content)
    {
        using var bytes = new MemoryStream();
        using (var gzip = new GZipStream(bytes, CompressionLevel.Optimal, leaveOpen: true))
            gzip.Write(content);
        return bytes.ToArray();
    }

    private static byte[] Tar(params byte[][] contents)
    {
        using var bytes = new MemoryStream();
        using (var writer = new TarWriter(bytes, TarEntryFormat.Pax, leaveOpen: true))
        {
            foreach (var content in contents)
                writer.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, "f") { DataStream = new MemoryStream(content) });
        }

        return bytes.ToArray();
    }

    [Fact]
    public async Task A_content_that_the_engine_can_take_is_clean()
    {
        await Inspect.ShouldBeCleanAsync(Gzip(Small), Small);
        await Inspect.ShouldBeCleanAsync(Gzip(A), A);
    }

    [Fact]
    public Task A_tar_in_a_gzip_is_clean_member_by_member() => Inspect.ShouldBeCleanAsync(Gzip(Tar(A, B, Small)), A, B, Small);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_virus_in_any_member_of_a_tar_in_a_gzip_is_found(int place)
    {
        byte[][] contents = [A, B, Small];
        contents[place] = Inspect.Infected(40_000);
        (await Inspect.VerdictAsync(Gzip(Tar(contents)))).ShouldBe(PatternEngine.Found);
    }

    [Fact]
    public async Task A_content_over_the_limit_goes_through_windows()
    {
        (await Inspect.VerdictAsync(Gzip(Inspect.Join(A, B)))).ShouldBe(Inspect.TooLarge);
        (await Inspect.VerdictAsync(Gzip(Inspect.Join(A, B, Inspect.Infected(70_000))))).ShouldBe(PatternEngine.Found);
        (await Inspect.VerdictAsync(Gzip(Inspect.Infected(200_000)), Inspect.Limits with { SpoolDirectory = null })).ShouldBe(PatternEngine.Found);
    }

    [Fact]
    public async Task Members_that_follow_each_other_are_one_content()
    {
        await Inspect.ShouldBeCleanAsync(Inspect.Join(Gzip(A[..30_000]), Gzip(A[30_000..])), A);
        var virus = Inspect.Infected(1000);
        (await Inspect.VerdictAsync(Inspect.Join(Gzip(virus[..510]), Gzip(virus[510..])))).ShouldBe(PatternEngine.Found);
    }

    [Fact]
    public async Task An_archive_in_a_gzip_over_the_limit_is_opened()
    {
        var zip = ZipBuilder.Build(new ZipPart("a", A), new ZipPart("b", B));
        await Inspect.ShouldBeCleanAsync(Gzip(zip), A, B);
        await Inspect.ShouldBeCleanAsync(Gzip(Gzip(Gzip(zip))), A, B);
    }

    [Fact]
    public async Task Bytes_behind_the_end_are_never_clean_and_are_read()
    {
        (await Inspect.VerdictAsync(Inspect.Join(Gzip(Small), [0]))).ShouldBe(Inspect.TooLarge);
        (await Inspect.VerdictAsync(Inspect.Join(Gzip(Small), PatternEngine.Virus))).ShouldBe(PatternEngine.Found);
    }

    [Fact]
    public async Task Header_fields_are_passed_over_and_long_ones_never_clean()
    {
        var gzip = Gzip(Small);
        byte[] named = [.. gzip[..3], 8 | 4 | 2, .. gzip[4..10], 3, 0, 1, 2, 3, .. "name\0"u8, 0, 0, .. gzip[10..]];
        await Inspect.ShouldBeCleanAsync(named, Small);
        byte[] hiding = [.. gzip[..3], 16, .. gzip[4..10], .. PatternEngine.Virus, .. Enumerable.Repeat((byte)'x', 600), 0, .. gzip[10..]];
        (await Inspect.VerdictAsync(hiding)).ShouldBe(PatternEngine.Found);
    }

    [Fact(Timeout = 120_000)]
    public async Task Cut_anywhere_it_is_never_clean()
    {
        foreach (var gzip in new[] { Gzip(Small), Gzip(Tar(Small)) })
        {
            for (var length = 1; length < gzip.Length; length++)
                (await Inspect.VerdictAsync(gzip[..length])).ShouldBeOfType<Unscannable>($"cut at {length}");
        }
    }

    [Fact(Timeout = 120_000)]
    public async Task A_bit_flipped_anywhere_never_makes_clean_what_was_not_read()
    {
        var gzip = Gzip(Small);
        for (var bit = 0; bit < gzip.Length * 8; bit++)
        {
            var flipped = gzip.ToArray();
            flipped[bit / 8] ^= (byte)(1 << (bit % 8));
            var engine = new PatternEngine();
            if ((await Inspect.RunAsync(flipped, null, engine)).Verdict is Clean)
                engine.Saw(Small).ShouldBeTrue($"bit {bit}");
        }
    }
}
