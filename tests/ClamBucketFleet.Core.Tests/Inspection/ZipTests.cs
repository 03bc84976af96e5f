using System.IO.Compression;
using Shouldly;
using Xunit;

namespace ClamBucketFleet.Core.Tests.Inspection;

public sealed class ZipTests
{
    private static readonly byte[] A = Inspect.Noise(40_000, 1), B = Inspect.Noise(50_000, 2);

    private static ZipPart[] Two(Func<ZipPart, ZipPart>? change = null)
    {
        change ??= part => part;
        return [change(new ZipPart("a", A)), change(new ZipPart("b", B))];
    }

    [Fact]
    public Task An_archive_of_clean_members_is_clean() => Inspect.ShouldBeCleanAsync(ZipBuilder.Build(Two()), A, B);

    [Fact]
    public Task An_archive_of_clean_packed_members_is_clean() =>
        Inspect.ShouldBeCleanAsync(ZipBuilder.Build(Two(part => part with { Deflate = true })), A, B);

    [Theory]
    [InlineData(4)]
    [InlineData(8)]
    [InlineData(-4)]
    [InlineData(-8)]
    public Task Packed_members_with_descriptors_are_read_whole(int descriptor) =>
        Inspect.ShouldBeCleanAsync(ZipBuilder.Build(Two(part => part with { Deflate = true, Descriptor = descriptor })), A, B);

    [Fact]
    public async Task A_member_of_unknown_length_is_read_by_windows_where_there_is_no_spool()
    {
        var zip = ZipBuilder.Build(Two(part => part with { Deflate = true, Descriptor = 4 }));
        (await Inspect.VerdictAsync(zip, Inspect.Limits with { SpoolDirectory = null })).ShouldBe(Inspect.TooLarge);
        (await Inspect.VerdictAsync(zip, Inspect.Limits with { SpoolDirectory = "/nowhere" })).ShouldBe(Inspect.TooLarge);
    }

    [Fact]
    public async Task Stored_members_with_descriptors_are_not_clean()
    {
        foreach (var descriptor in new[] { 4, 8, -4, -8 })
            (await Inspect.VerdictAsync(ZipBuilder.Build(Two(part => part with { Descriptor = descriptor })))).ShouldBe(Inspect.TooLarge);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public Task Zip64_is_read_as_well(bool deflate) => Inspect.ShouldBeCleanAsync(
        ZipBuilder.Build(Two(part => part with { Wide = true, Deflate = deflate }), wide: true), A, B);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_virus_in_any_member_is_found(int place)
    {
        foreach (var deflate in new[] { true, false })
        {
            foreach (var descriptor in deflate ? new[] { 0, 4 } : [0])
            {
                var parts = Enumerable.Range(0, 3).Select(i => new ZipPart($"{i}", i == place ? Inspect.Infected(30_000, i) : Inspect.Noise(30_000, i))
                {
                    Deflate = deflate,
                    Descriptor = descriptor,
                });
                (await Inspect.VerdictAsync(ZipBuilder.Build([.. parts]))).ShouldBe(PatternEngine.Found);
            }
        }
    }

    [Fact]
    public async Task What_the_platform_writes_is_clean_with_directories_and_empty_files()
    {
        using var seekable = new MemoryStream();
        Write(seekable);
        await Inspect.ShouldBeCleanAsync(seekable.ToArray(), A, B);

        using var piped = new MemoryStream();
        using (var through = new BufferedStream(new OneWay(piped)))
            Write(through);
        await Inspect.ShouldBeCleanAsync(piped.ToArray(), A, B);

        static void Write(Stream output)
        {
            using var zip = new ZipArchive(output, ZipArchiveMode.Create, leaveOpen: true);
            zip.CreateEntry("directory/");
            using (var empty = zip.CreateEntry("directory/empty", CompressionLevel.Fastest).Open())
                empty.Flush();
            foreach (var (name, content) in new[] { ("a", A), ("b", B) })
            {
                using var entry = zip.CreateEntry(name).Open();
                entry.Write(content);
            }
        }
    }

    [Fact]
    public async Task Members_of_the_same_name_are_each_read()
    {
        await Inspect.ShouldBeCleanAsync(ZipBuilder.Build(Two(part => part with { Name = "same" })), A, B);
        var second = new[] { new ZipPart("same", A), new ZipPart("same", Inspect.Infected(40_000)) };
        (await Inspect.VerdictAsync(ZipBuilder.Build(second))).ShouldBe(PatternEngine.Found);
    }

    [Fact]
    public async Task An_archive_within_an_archive_is_opened_where_the_engine_cannot_take_it_whole()
    {
        var inner = ZipBuilder.Build(Two());
        await Inspect.ShouldBeCleanAsync(ZipBuilder.Build(new ZipPart("inner", inner)), A, B);
        await Inspect.ShouldBeCleanAsync(ZipBuilder.Build(new ZipPart("inner", inner) { Deflate = true }), A, B);
        await Inspect.ShouldBeCleanAsync(ZipBuilder.Build(new ZipPart("inner", inner) { Deflate = true, Descriptor = 4 }), A, B);
    }

    [Fact]
    public async Task A_member_over_the_limit_goes_through_windows()
    {
        var large = new ZipPart("large", Inspect.Noise(Inspect.Limit + 1));
        (await Inspect.VerdictAsync(ZipBuilder.Build(large))).ShouldBe(Inspect.TooLarge);
        large = new ZipPart("large", Inspect.Infected(4 * Inspect.Limit));
        foreach (var part in new[] { large, large with { Deflate = true }, large with { Deflate = true, Descriptor = 4 } })
            (await Inspect.VerdictAsync(ZipBuilder.Build(part))).ShouldBe(PatternEngine.Found);
    }

    [Fact]
    public async Task A_member_that_the_engine_cannot_judge_gives_its_reason()
    {
        var locked = Inspect.Join(PatternEngine.Locked, A);
        (await Inspect.VerdictAsync(ZipBuilder.Build(new ZipPart("a", locked), new ZipPart("b", B)))).ShouldBe(Inspect.Encrypted);
        var both = ZipBuilder.Build(new ZipPart("a", locked), new ZipPart("b", Inspect.Infected(50_000)));
        (await Inspect.VerdictAsync(both)).ShouldBe(PatternEngine.Found);
    }

    private sealed class OneWay(Stream inner) : Stream
    {
        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => inner.Write(buffer, offset, count);
    }
}
