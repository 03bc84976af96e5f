using System.IO.Compression;
using ClamBucketFleet.TestKit;
using static ClamBucketFleet.ClamAv.Tests.Truth.Specimen;

namespace ClamBucketFleet.ClamAv.Tests.Truth;

/// <summary>Every input of the table that nothing must happen to an engine for.</summary>
internal static class Specimens
{
    private static readonly (string, byte[]) Virus = ("eicar.com", Eicar.Bytes);

    public static IEnumerable<Specimen> All =>
    [
        .. Limits(), .. Times(), .. Encryption(), .. Nesting(), .. Broken(), .. Polyglots(), .. Small(), .. Large(), .. TestFiles(),
    ];

    private static IEnumerable<Specimen> Limits()
    {
        var large = Noise(1_500_000);
        var medium = Enumerable.Range(0, 3).Select(i => ($"{i}", Noise(600_000))).ToArray();
        var many = Enumerable.Range(0, 20).Select(i => ($"{i}", Noise(100))).ToArray();
        var bomb = new byte[540_000_000];
        Specimen Low(string name, string expected, Func<byte[]> make) => new(name, expected, make, LimitSet.Low);
        return
        [
            Low("over the file size", Limit, () => large),
            Low("over the file size, EICAR before the limit", Limit, () => [.. Eicar.Bytes, .. large]),
            Low("over the file size, EICAR behind the limit", Limit, () => [.. large, .. Eicar.Bytes]),
            Low("member over the file size", Limit, () => Archive.Zip([("large", new byte[1_500_000])])),
            Low("member over the file size, EICAR before it", Found, () => Archive.Zip([Virus, ("large", new byte[1_500_000])])),
            Low("member over the file size, EICAR behind it", Limit, () => Archive.Zip([("large", new byte[1_500_000]), Virus])),
            Low("member over the file size, EICAR at its own end", Limit, () => Archive.Zip("large", [.. new byte[1_500_000], .. Eicar.Bytes])),
            Low("over the scan size", Limit, () => Archive.Zip(medium)),
            Low("over the scan size, EICAR before the limit", Limit, () => Archive.Zip([Virus, .. medium])),
            Low("over the scan size when unpacked", Limit, () => Archive.Zip(Zeros(3))),
            Low("over the scan size when unpacked, EICAR before the limit", Found, () => Archive.Zip([Virus, .. Zeros(3)])),
            Low("over the scan size when unpacked, EICAR behind the limit", Limit, () => Archive.Zip([.. Zeros(3), Virus])),
            Low("over the number of files", Limit, () => Archive.Zip(many)),
            Low("over the number of files, EICAR before the limit", Found, () => Archive.Zip([Virus, .. many])),
            Low("over the number of files, EICAR behind the limit", Limit, () => Archive.Zip([.. many, Virus])),
            Low("over the recursion", Limit, () => Nested(10, Noise(100))),
            Low("over the recursion, EICAR beside the nest", Found, () => Archive.Zip([Virus, ("nest", Nested(10, Noise(100)))])),
            Low("over the recursion, EICAR at its bottom", Limit, () => Nested(10, Eicar.Bytes)),
            Low("bomb, 540 MB in 525 KB", Limit, () => Archive.Zip("bomb", bomb)),
            Low("bomb, EICAR beside it", Found, () => Archive.Zip([Virus, ("bomb", bomb)])),
            Low("bomb in a bomb", Limit, () => Archive.Zip(Enumerable.Range(0, 10).Select(i => ($"{i}.zip", Archive.Zip(Zeros(10)))))),
        ];
    }

    private static IEnumerable<Specimen> Times()
    {
        var slow = new byte[300_000_000];
        Specimen Short(string name, string expected, Func<byte[]> make) => new(name, expected, make, LimitSet.Short);
        return
        [
            Short("over the scan time", TooSlow, () => Archive.Zip("slow", slow)),
            Short("over the scan time, EICAR before the limit", Found, () => Archive.Zip([Virus, ("slow", slow)])),
            Short("over the scan time, EICAR behind the limit", TooSlow, () => Archive.Zip([("slow", slow), Virus])),
        ];
    }

    private static IEnumerable<Specimen> Encryption() =>
    [
        new("encrypted zip", Encrypted, () => Tools.Make("zip", Eicar.Bytes, "-q", "-P", "secret", "{archive}", "{file}")),
        new("encrypted zip, AES", Encrypted, () => Tools.Make("7zz", Eicar.Bytes, "a", "-tzip", "-mem=AES256", "-psecret", "{archive}", "{file}")),
        new("encrypted zip, EICAR beside it", Found, ProbeObjects.EncryptedBesideEicar),
        new("encrypted zip in a zip", Encrypted, () => Archive.Zip("inner.zip", Archive.EncryptedZip("a", Eicar.Bytes))),
        new("encrypted 7z", Encrypted, () => Tools.Make("7zz", Eicar.Bytes, "a", "-t7z", "-psecret", "{archive}", "{file}")),
        new("encrypted 7z, names too", Encrypted, () => Tools.Make("7zz", Eicar.Bytes, "a", "-t7z", "-mhe=on", "-psecret", "{archive}", "{file}")),
        new("RAR where ClamAV has no libclamunrar", Limit, () => RarFile.With(Noise(100))),
        new("encrypted RAR where ClamAV has no libclamunrar", Limit, () => RarFile.With(Noise(100), isEncrypted: true)),
        new("encrypted PDF", Encrypted, () => Tools.EncryptedPdf(ProbeObjects.Pdf())),
        new("PDF with EICAR in a stream", Found, ProbeObjects.Pdf),
        new("encrypted Office document", Encrypted, ProbeObjects.EncryptedOffice),
        new("encrypted Office document in a zip, EICAR beside it", Found, () => Archive.Zip([("a.docx", ProbeObjects.EncryptedOffice()), Virus])),
        new("Office document with EICAR in parts", Found, ProbeObjects.Ole),
        new("mail with EICAR attached", Found, ProbeObjects.Mail),
        new("web page with EICAR in it", Found, ProbeObjects.Html),
    ];

    private static IEnumerable<Specimen> Nesting() =>
    [
        new("thirty archives in each other", Harmless, () => Nested(30, Noise(100))),
        new("thirty archives in each other, EICAR at the bottom", Found, () => Nested(30, Eicar.Bytes)),
        new("deeper than ClamAV goes", Limit, ProbeObjects.NestedTooDeep),
        new("10,501 members, EICAR the last", Found, () => Archive.Zip([.. Enumerable.Range(0, 10_500).Select(i => ($"{i}", BitConverter.GetBytes(i))), Virus])),
    ];

    private static IEnumerable<Specimen> Broken()
    {
        var zip = Archive.Zip([Virus, ("noise", Noise(5000))]);
        var testFile = File.ReadAllBytes(Path.Combine(Definitions.TestFiles, "clam.7z"));
        return
        [
            new("zip that ends early, behind EICAR", Limit, () => zip[..^200]),
            new("zip that ends in the middle of EICAR", Limit, () => Eicar.Zip[..60]),
            new("zip whose member has its size in the ZIP64 form", Limit, () => Zip64(Eicar.Zip)),
            new("zip with a wrong checksum", Found, () => Changed(zip, 14)),
            new("zip with bytes before it", Found, () => [.. Noise(700), .. zip]),
            new("gzip that ends early, behind EICAR", Found, () => Gzip([.. Eicar.Bytes, .. Noise(100_000)])[..50_000]),
            new("7z that is cut in half", Harmless, () => testFile[..(testFile.Length / 2)]),
        ];
    }

    private static IEnumerable<Specimen> Polyglots() =>
    [
        new("PDF and zip", Found, () => [.. "%PDF-1.4\n1 0 obj\n<<>>\nendobj\n"u8, .. Eicar.Zip]),
        new("GIF and zip", Found, () => [.. Gif, .. Eicar.Zip]),
        new("JPEG and zip", Found, () => [.. Jpeg, .. Eicar.Zip]),
        new("JPEG and RAR where ClamAV has no libclamunrar", Limit, () => [.. Jpeg, .. RarFile.With(Noise(100))]),
        new("web page and zip", Found, () => [.. "<html><body>Hello</body></html>\n"u8, .. Eicar.Zip]),
        new("program and zip", Found, () => [.. "MZ"u8, .. new byte[510], .. Eicar.Zip]),
    ];

    private static IEnumerable<Specimen> Small() =>
    [
        new("empty", Harmless, () => []),
        new("one byte", Harmless, () => [(byte)'X']),
        new("EICAR", Found, () => Eicar.Bytes),
        new("EICAR with white space behind it", Found, () => [.. Eicar.Bytes, .. "  \r\n\t\x1a"u8]),
        new("EICAR within a text", Found, () => [.. "Some text.\n"u8, .. Eicar.Bytes, .. "\nMore of it.\n"u8]),
    ];

    private static IEnumerable<Specimen> Large() =>
    [
        new("3 GiB, of which nothing may be read", TooLarge, () => []) { Claims = 3L << 30 },
        new("5 GiB, of which nothing may be read", TooLarge, () => []) { Claims = 5L << 30 },
    ];

    private static IEnumerable<Specimen> TestFiles() => Directory.GetFiles(Definitions.TestFiles)
        .Order(StringComparer.Ordinal)
        .Select(path => new Specimen($"clamav-testfiles: {Path.GetFileName(path)}", Found, () => File.ReadAllBytes(path)));

    private static byte[] Gif => [.. "GIF89a"u8, 1, 0, 1, 0, 0, 0, 0, 0x2C, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, 0x44, 1, 0, 0x3B];

    private static byte[] Jpeg => [0xFF, 0xD8, 0xFF, 0xE0, 0, 16, .. "JFIF\0"u8, 1, 1, 0, 0, 1, 0, 1, 0, 0, 0xFF, 0xD9];

    private static (string, byte[])[] Zeros(int count) => [.. Enumerable.Range(0, count).Select(i => ($"{i}", new byte[600_000 + i]))];

    private static byte[] Nested(int levels, byte[] content) =>
        Enumerable.Range(0, levels).Aggregate(content, (inner, level) => Archive.Zip($"{level}.zip", inner));

    // ClamAV takes the placeholder for the size, and gives the member up.
    private static byte[] Zip64(byte[] zip)
    {
        const int flags = 6, sizes = 18, usesDescriptor = 8;
        zip[flags] &= unchecked((byte)~usesDescriptor);
        zip.AsSpan(sizes, 8).Fill(0xFF);
        return zip;
    }

    private static byte[] Changed(byte[] bytes, int at)
    {
        var changed = bytes.ToArray();
        changed[at] ^= 0xFF;
        return changed;
    }

    private static byte[] Gzip(byte[] content)
    {
        using var bytes = new MemoryStream();
        using (var gzip = new GZipStream(bytes, CompressionLevel.Fastest, leaveOpen: true))
            gzip.Write(content);
        return bytes.ToArray();
    }

    private static byte[] Noise(int length) => Contents.Harmless(length);
}
