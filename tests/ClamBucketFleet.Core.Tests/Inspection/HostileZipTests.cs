using Shouldly;
using Xunit;

namespace ClamBucketFleet.Core.Tests.Inspection;

public sealed class HostileZipTests
{
    private static readonly byte[] A = Inspect.Noise(400, 1), B = Inspect.Noise(500, 2);

    private static readonly ZipPart First = new("a", A), Second = new("b", B) { Deflate = true };

    private static Task<Verdict> VerdictAsync(params ZipPart[] parts) => Inspect.VerdictAsync(ZipBuilder.Build(parts));

    [Fact]
    public async Task An_encrypted_member_is_never_clean_and_the_others_are_read()
    {
        foreach (var locked in new[] { First with { Flags = 1 }, Second with { Flags = 1, Method = 99 }, Second with { Flags = 0x41 } })
        {
            (await VerdictAsync(locked, Second)).ShouldBe(Inspect.Encrypted);
            (await VerdictAsync(locked, new ZipPart("c", Inspect.Infected(500)) { Deflate = true })).ShouldBe(PatternEngine.Found);
        }
    }

    [Fact]
    public async Task A_method_that_is_not_known_is_never_clean()
    {
        (await VerdictAsync(First with { Method = 12 }, Second)).ShouldBe(Inspect.TooLarge);
        (await VerdictAsync(First with { Method = 9 }, new ZipPart("c", Inspect.Infected(500)) { Deflate = true })).ShouldBe(PatternEngine.Found);
    }

    [Fact]
    public async Task Bytes_before_between_and_behind_are_never_clean_and_are_read()
    {
        byte[] zip = ZipBuilder.Build(First, Second);
        foreach (var (extra, expected) in new (byte[], Verdict)[] { (A, Inspect.TooLarge), (PatternEngine.Virus, PatternEngine.Found), ([0], Inspect.TooLarge) })
        {
            (await Inspect.VerdictAsync(Inspect.Join(extra, zip))).ShouldBe(expected);
            (await Inspect.VerdictAsync(Inspect.Join(zip, extra))).ShouldBe(expected);
            (await VerdictAsync(First, Second with { Gap = extra })).ShouldBe(expected);
            (await Inspect.VerdictAsync(ZipBuilder.Build([First, Second], beforeDirectory: extra))).ShouldBe(expected);
        }
    }

    [Fact]
    public async Task The_directory_must_list_the_members_that_are_there()
    {
        (await VerdictAsync(First, Second)).ShouldBeOfType<Clean>();
        (await VerdictAsync(First, Second with { Listed = 0 })).ShouldBe(Inspect.TooLarge);
        (await VerdictAsync(First with { Listed = 2 }, Second)).ShouldBe(Inspect.TooLarge);
        (await VerdictAsync(First with { Listed = 2 }, Second with { Listed = 0 })).ShouldBe(Inspect.TooLarge);
        (await VerdictAsync(First, Second with { ListedName = "c" })).ShouldBe(Inspect.TooLarge);
    }

    [Fact]
    public async Task A_checksum_that_does_not_hold_is_never_clean()
    {
        (await VerdictAsync(First with { Crc = 7 }, Second)).ShouldBe(Inspect.TooLarge);
        (await VerdictAsync(First, Second with { Crc = 7 })).ShouldBe(Inspect.TooLarge);
        (await VerdictAsync(First, Second with { Crc = 7, Descriptor = 4 })).ShouldBe(Inspect.TooLarge);
    }

    [Fact]
    public async Task What_is_packed_to_more_or_less_than_declared_is_never_clean_and_is_read()
    {
        var longer = Inspect.Join(B, Inspect.Infected(300));
        (await VerdictAsync(First, Second with { Packed = ZipBuilder.Deflated(B[..100]) })).ShouldBe(Inspect.TooLarge);
        (await VerdictAsync(First, Second with { Packed = ZipBuilder.Deflated(longer) })).ShouldBe(PatternEngine.Found);
        (await VerdictAsync(First, Second with { Packed = Inspect.Join(ZipBuilder.Deflated(B), PatternEngine.Virus) })).ShouldBe(PatternEngine.Found);
        (await VerdictAsync(First, Second with { Packed = Inspect.Join(ZipBuilder.Deflated(B), A) })).ShouldBe(Inspect.TooLarge);
        (await VerdictAsync(First, Second with { Packed = A })).ShouldBe(Inspect.TooLarge);
    }

    [Fact]
    public async Task What_is_hidden_beside_the_members_is_read()
    {
        var extra = Inspect.Join(ZipBuilder.Numbers((0x7777, 2), (600, 2)), Inspect.Infected(600));
        (await VerdictAsync(First with { Extra = extra }, Second)).ShouldBe(PatternEngine.Found);
        var comment = System.Text.Encoding.ASCII.GetString(PatternEngine.Virus);
        (await Inspect.VerdictAsync(ZipBuilder.Build([First, Second], comment))).ShouldBe(PatternEngine.Found);
        (await Inspect.VerdictAsync(ZipBuilder.Build([First, Second], "a harmless comment"))).ShouldBeOfType<Clean>();
    }

    [Fact]
    public async Task An_archive_without_members_is_never_clean()
    {
        (await Inspect.VerdictAsync(ZipBuilder.Build())).ShouldBe(Inspect.TooLarge);
        (await VerdictAsync(new ZipPart("directory/", []))).ShouldBe(Inspect.TooLarge);
    }

    [Fact]
    public async Task Sizes_that_point_beyond_the_end_are_never_clean_and_the_rest_is_read()
    {
        var zip = ZipBuilder.Build(First, new ZipPart("c", Inspect.Infected(500)));
        zip[18 + 2] = zip[22 + 2] = 0xff;
        (await Inspect.VerdictAsync(zip)).ShouldBe(PatternEngine.Found);
    }

    [Fact(Timeout = 120_000)]
    public async Task Cut_anywhere_it_is_never_clean()
    {
        byte[][] archives =
        [
            ZipBuilder.Build(First, Second),
            ZipBuilder.Build([First with { Wide = true }, Second with { Descriptor = 4 }], wide: true),
        ];
        foreach (var zip in archives)
        {
            (await Inspect.VerdictAsync(zip)).ShouldBeOfType<Clean>();
            for (var length = 1; length < zip.Length; length++)
                (await Inspect.VerdictAsync(zip[..length])).ShouldBeOfType<Unscannable>($"cut at {length}");
        }
    }

    [Fact(Timeout = 120_000)]
    public async Task A_bit_flipped_anywhere_never_makes_clean_what_was_not_read()
    {
        byte[][] archives =
        [
            ZipBuilder.Build(First, Second),
            ZipBuilder.Build([Second with { Descriptor = -4 }, First with { Wide = true }], wide: true),
        ];
        var clean = 0;
        foreach (var zip in archives)
        {
            for (var bit = 0; bit < zip.Length * 8; bit += bit % 8 == 7 ? 1 : 3)
            {
                var flipped = zip.ToArray();
                flipped[bit / 8] ^= (byte)(1 << (bit % 8));
                var engine = new PatternEngine();
                if ((await Inspect.RunAsync(flipped, null, engine)).Verdict is not Clean)
                    continue;

                clean++;
                engine.Saw(A).ShouldBeTrue($"bit {bit}");
                engine.Saw(B).ShouldBeTrue($"bit {bit}");
            }
        }

        // Times, versions and attributes say nothing of the content.
        clean.ShouldBeGreaterThan(0);
    }
}
