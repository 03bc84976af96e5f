using System.Formats.Tar;
using System.IO.Compression;
using ClamBucketFleet.Inspection;
using ClamBucketFleet.TestKit;
using Shouldly;

namespace ClamBucketFleet.ClamAv.Tests.Inspection;

/// <summary>Objects over a small limit, with a real clamd behind the inspection.</summary>
public sealed class ClamdInspectionTests(ClamdFixture fixture) : IClassFixture<ClamdFixture>
{
    private const int Limit = 1 << 20;

    private static readonly Infected Found = new([Eicar.Signature]);

    [Theory(Timeout = 120_000)]
    [InlineData("zip")]
    [InlineData("tar")]
    [InlineData("tar.gz")]
    [InlineData("gz")]
    public async Task Clean_archives_over_the_limit_are_clean(string kind)
    {
        var contents = kind == "gz" ? [Contents.Harmless(Limit)] : new[] { Limit, 300_000, Limit }.Select(Contents.Harmless).ToArray();
        (await InspectAsync(Pack(kind, contents))).Verdict.ShouldBeOfType<Clean>();
    }

    [Theory(Timeout = 120_000)]
    [InlineData("zip", 0)]
    [InlineData("zip", 1)]
    [InlineData("zip", 2)]
    [InlineData("tar", 0)]
    [InlineData("tar", 1)]
    [InlineData("tar", 2)]
    [InlineData("tar.gz", 0)]
    [InlineData("tar.gz", 1)]
    [InlineData("tar.gz", 2)]
    public async Task EICAR_in_any_member_is_found(string kind, int place)
    {
        var contents = Enumerable.Range(0, 3).Select(i => i == place ? EicarFile.Bytes() : Contents.Harmless(Limit)).ToArray();
        (await InspectAsync(Pack(kind, contents))).Verdict.ShouldBe(Found);
    }

    [Fact(Timeout = 120_000)]
    public async Task EICAR_in_an_archive_in_a_member_is_found() =>
        (await InspectAsync(Pack("zip", Contents.Harmless(Limit), Eicar.NestedZip, Contents.Harmless(100)))).Verdict.ShouldBe(Found);

    [Fact(Timeout = 120_000)]
    public async Task An_encrypted_archive_in_a_member_is_unscannable() =>
        (await InspectAsync(Pack("tar", Contents.Harmless(Limit), Contents.EncryptedZip())))
            .Verdict.ShouldBe(new Unscannable(UnscannableReason.Encrypted));

    [Fact(Timeout = 120_000)]
    public async Task Sixty_four_mebibytes_of_zip_with_EICAR_as_the_last_member_are_infected()
    {
        var block = Contents.Harmless(Limit);
        var result = await InspectAsync(Pack("zip", [.. Enumerable.Repeat(block, 64), EicarFile.Bytes()]));
        result.Verdict.ShouldBe(Found);
        result.Members.ShouldBe(65);
    }

    [Fact(Timeout = 120_000)]
    public async Task Anything_else_is_unscannable_after_windows()
    {
        var result = await InspectAsync(Contents.Harmless(5 * Limit));
        result.Verdict.ShouldBe(new Unscannable(UnscannableReason.TooLarge));
        result.BytesInspected.ShouldBe(5 * Limit);
    }

    private async Task<InspectionResult> InspectAsync(byte[] content)
    {
        var limits = new InspectionLimits
        {
            MaxMemberSize = Limit,
            WindowSize = Limit,
            Overlap = Limit / 4,
            MemoryWindow = Limit / 2,
            SpoolDirectory = Path.GetTempPath(),
        };
        using var stream = new MemoryStream(content, writable: false);
        return await new Inspector(Engines.Clamd(fixture.Server), limits).InspectAsync(
            stream, content.Length, TestContext.Current.CancellationToken);
    }

    private static byte[] Pack(string kind, params byte[][] contents)
    {
        if (kind == "zip")
            return Archive.Zip(contents.Select((content, i) => ($"{i}", content)));

        using var bytes = new MemoryStream();
        if (kind == "gz")
            bytes.Write(contents[0]);
        else
            WriteTar(bytes, contents);
        return kind == "tar" ? bytes.ToArray() : Gzip(bytes.ToArray());
    }

    private static void WriteTar(Stream output, byte[][] contents)
    {
        using var tar = new TarWriter(output, TarEntryFormat.Pax, leaveOpen: true);
        foreach (var content in contents)
            tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, "f") { DataStream = new MemoryStream(content) });
    }

    private static byte[] Gzip(byte[] content)
    {
        using var bytes = new MemoryStream();
        using (var gzip = new GZipStream(bytes, CompressionLevel.Fastest, leaveOpen: true))
            gzip.Write(content);
        return bytes.ToArray();
    }
}
