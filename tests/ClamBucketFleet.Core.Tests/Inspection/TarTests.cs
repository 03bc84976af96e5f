using System.Formats.Tar;
using Shouldly;
using Xunit;

namespace ClamBucketFleet.Core.Tests.Inspection;

public sealed class TarTests
{
    private static readonly byte[] A = Inspect.Noise(40_000, 1), B = Inspect.Noise(50_001, 2);

    private static byte[] Tar(TarEntryFormat format, params TarEntry[] entries)
    {
        using var bytes = new MemoryStream();
        using (var writer = new TarWriter(bytes, format, leaveOpen: true))
        {
            foreach (var entry in entries)
                writer.WriteEntry(entry);
        }

        return bytes.ToArray();
    }

    private static TarEntry File(TarEntryFormat format, string name, byte[] content)
    {
        TarEntry entry = format switch
        {
            TarEntryFormat.V7 => new V7TarEntry(TarEntryType.V7RegularFile, name),
            TarEntryFormat.Ustar => new UstarTarEntry(TarEntryType.RegularFile, name),
            TarEntryFormat.Gnu => new GnuTarEntry(TarEntryType.RegularFile, name),
            _ => new PaxTarEntry(TarEntryType.RegularFile, name),
        };
        entry.DataStream = new MemoryStream(content);
        return entry;
    }

    private static byte[] Pax(params byte[][] contents) =>
        Tar(TarEntryFormat.Pax, [.. contents.Select((content, i) => File(TarEntryFormat.Pax, $"{i}", content))]);

    [Theory]
    [InlineData(TarEntryFormat.V7)]
    [InlineData(TarEntryFormat.Ustar)]
    [InlineData(TarEntryFormat.Gnu)]
    [InlineData(TarEntryFormat.Pax)]
    public Task Clean_members_in_every_format_are_clean(TarEntryFormat format) =>
        Inspect.ShouldBeCleanAsync(Tar(format, File(format, "a", A), File(format, "b", B), File(format, "empty", [])), A, B);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_virus_in_any_member_is_found(int place) =>
        (await Inspect.VerdictAsync(Pax([.. Enumerable.Range(0, 3).Select(i => i == place ? Inspect.Infected(30_000, i) : Inspect.Noise(30_000, i))])))
            .ShouldBe(PatternEngine.Found);

    [Theory]
    [InlineData(TarEntryFormat.Gnu)]
    [InlineData(TarEntryFormat.Pax)]
    public Task Long_names_links_and_directories_do_not_stand_in_the_way(TarEntryFormat format)
    {
        var name = string.Join('/', Enumerable.Repeat("a-directory-of-some-length", 30));
        TarEntry link = format == TarEntryFormat.Gnu ? new GnuTarEntry(TarEntryType.SymbolicLink, "link") : new PaxTarEntry(TarEntryType.SymbolicLink, "link");
        link.LinkName = name;
        TarEntry directory = format == TarEntryFormat.Gnu ? new GnuTarEntry(TarEntryType.Directory, "d/") : new PaxTarEntry(TarEntryType.Directory, "d/");
        return Inspect.ShouldBeCleanAsync(Tar(format, directory, File(format, name, A), link, File(format, "b", B)), A, B);
    }

    [Fact]
    public async Task What_an_extended_header_hides_is_read()
    {
        var comment = System.Text.Encoding.ASCII.GetString(PatternEngine.Virus) + new string('x', 600);
        var entry = new PaxTarEntry(TarEntryType.RegularFile, "a", new Dictionary<string, string> { ["comment"] = comment })
        {
            DataStream = new MemoryStream(A),
        };
        (await Inspect.VerdictAsync(Tar(TarEntryFormat.Pax, entry, File(TarEntryFormat.Pax, "b", B)))).ShouldBe(PatternEngine.Found);
    }

    [Fact]
    public async Task Sparse_members_are_never_clean()
    {
        var sparse = new PaxTarEntry(TarEntryType.RegularFile, "a", new Dictionary<string, string> { ["GNU.sparse.major"] = "1" })
        {
            DataStream = new MemoryStream(A),
        };
        (await Inspect.VerdictAsync(Tar(TarEntryFormat.Pax, sparse, File(TarEntryFormat.Pax, "b", B)))).ShouldBe(Inspect.TooLarge);

        var old = WithType(Tar(TarEntryFormat.Gnu, File(TarEntryFormat.Gnu, "a", A), File(TarEntryFormat.Gnu, "b", Inspect.Infected(100))), 'S');
        (await Inspect.VerdictAsync(old)).ShouldBe(PatternEngine.Found);
    }

    [Theory]
    [InlineData('1')]
    [InlineData('2')]
    [InlineData('5')]
    [InlineData('M')]
    [InlineData('Z')]
    public async Task A_kind_of_member_whose_content_is_in_doubt_is_never_clean(char type) =>
        (await Inspect.VerdictAsync(WithType(Tar(TarEntryFormat.Ustar, File(TarEntryFormat.Ustar, "a", A)), type))).ShouldBe(Inspect.TooLarge);

    [Fact]
    public async Task Sizes_and_names_on_which_readers_disagree_are_never_clean()
    {
        // The platform writes no size into an extended header that has room elsewhere: a comment of the same length stands in.
        var entry = new PaxTarEntry(TarEntryType.RegularFile, "a", new Dictionary<string, string> { ["some"] = "512" })
        {
            DataStream = new MemoryStream(A),
        };
        var tar = Tar(TarEntryFormat.Pax, entry);
        "size"u8.CopyTo(tar.AsSpan(tar.AsSpan().IndexOf("some=512"u8)));
        (await Inspect.VerdictAsync(tar)).ShouldBe(Inspect.TooLarge);

        var named = Tar(TarEntryFormat.Ustar, File(TarEntryFormat.Ustar, "d/", A));
        (await Inspect.VerdictAsync(named)).ShouldBe(Inspect.TooLarge);
    }

    [Fact]
    public async Task Padding_and_what_follows_the_end_must_be_empty()
    {
        var tar = Tar(TarEntryFormat.Ustar, File(TarEntryFormat.Ustar, "b", B));
        await Inspect.ShouldBeCleanAsync(Inspect.Join(tar, new byte[8192]), B);
        (await Inspect.VerdictAsync(Inspect.Join(tar, new byte[1]))).ShouldBe(Inspect.TooLarge);
        (await Inspect.VerdictAsync(Inspect.Join(tar, new byte[1024], PatternEngine.Virus))).ShouldBe(PatternEngine.Found);
        tar[512 + B.Length] = 1;
        (await Inspect.VerdictAsync(tar)).ShouldBe(Inspect.TooLarge);
    }

    [Fact(Timeout = 120_000)]
    public async Task Cut_anywhere_it_is_never_clean()
    {
        var tar = Tar(TarEntryFormat.Pax, File(TarEntryFormat.Pax, "a", A[..700]), File(TarEntryFormat.Pax, "b", B[..100]));
        (await Inspect.VerdictAsync(tar)).ShouldBeOfType<Clean>();
        for (var length = 1; length < tar.Length; length++)
            (await Inspect.VerdictAsync(tar[..length])).ShouldBeOfType<Unscannable>($"cut at {length}");
    }

    [Fact(Timeout = 120_000)]
    public async Task A_bit_flipped_anywhere_never_makes_clean_what_was_not_read()
    {
        var (a, b) = (A[..700], B[..100]);
        var tar = Tar(TarEntryFormat.Pax, File(TarEntryFormat.Pax, "a", a), File(TarEntryFormat.Pax, "b", b));
        for (var bit = 0; bit < tar.Length * 8; bit += 3)
        {
            var flipped = tar.ToArray();
            flipped[bit / 8] ^= (byte)(1 << (bit % 8));
            var engine = new PatternEngine();
            if ((await Inspect.RunAsync(flipped, null, engine)).Verdict is Clean)
                engine.Contents.Sum(seen => seen.Length).ShouldBeGreaterThanOrEqualTo(a.Length + b.Length, $"bit {bit}");
        }
    }

    [Fact]
    public Task A_tar_in_a_zip_is_opened_where_the_engine_cannot_take_it_whole() =>
        Inspect.ShouldBeCleanAsync(ZipBuilder.Build(new ZipPart("a.tar", Pax(A, B)) { Deflate = true }), A, B);

    [Fact]
    public async Task A_zip_in_a_tar_is_opened_where_the_engine_cannot_take_it_whole()
    {
        var zip = ZipBuilder.Build(new ZipPart("a", A), new ZipPart("b", B) { Deflate = true, Descriptor = 4 });
        await Inspect.ShouldBeCleanAsync(Pax(zip, A), A, B);
        (await Inspect.VerdictAsync(Pax(Inspect.Join(zip, [1]), A))).ShouldBe(Inspect.TooLarge);
    }

    private static byte[] WithType(byte[] tar, char type)
    {
        tar[156] = (byte)type;
        "        "u8.CopyTo(tar.AsSpan(148));
        var sum = tar.Take(512).Sum(value => value);
        System.Text.Encoding.ASCII.GetBytes(Convert.ToString(sum, 8).PadLeft(6, '0') + "\0 ").CopyTo(tar, 148);
        return tar;
    }
}
