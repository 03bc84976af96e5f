using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace ClamBucketFleet.ClamAv;

/// <summary>Small objects, each of which one setting of clamd decides about. All are made at run time.</summary>
internal static class ProbeObjects
{
    /// <summary>ClamAV goes a hundred levels down at most, whatever it is told.</summary>
    private const int TooDeep = 110;

    public static byte[] NestedTooDeep()
    {
        var bytes = "The end of a long way down."u8.ToArray();
        for (var level = 0; level < TooDeep; level++)
            bytes = Gzip(bytes);
        return bytes;
    }

    public static byte[] EncryptedZip() => MarkFirstAsEncrypted(Zip(("secret", "Nobody can read this."u8.ToArray())));

    public static byte[] EncryptedBesideEicar() => MarkFirstAsEncrypted(
        Zip(("secret", "Nobody can read this."u8.ToArray()), ("eicar.com", EicarFile.Bytes())));

    public static byte[] Pdf() => PdfWith(EicarFile.Bytes(), "", "");

    public static byte[] EncryptedPdf()
    {
        var key = new string('4', 64);
        return PdfWith(
            "Nobody can read this."u8,
            $"4 0 obj\n<</Filter/Standard/V 1/R 2/O<{key}>/U<{key}>/P -4>>\nendobj\n",
            "/Encrypt 4 0 R/ID[<41><41>]");
    }

    public static byte[] Mail() => Encoding.ASCII.GetBytes(
        "From: a@example.com\r\nTo: b@example.com\r\nSubject: probe\r\nMIME-Version: 1.0\r\n" +
        "Content-Type: multipart/mixed; boundary=\"b\"\r\n\r\n--b\r\n" +
        "Content-Type: application/octet-stream; name=\"a.com\"\r\nContent-Transfer-Encoding: base64\r\n" +
        $"Content-Disposition: attachment; filename=\"a.com\"\r\n\r\n{Convert.ToBase64String(EicarFile.Bytes())}\r\n--b--\r\n");

    public static byte[] Html() => Encoding.ASCII.GetBytes(
        "<html><body><img src=\"data:application/octet-stream;base64," +
        $"{Convert.ToBase64String(EicarFile.Bytes())}\"></body></html>");

    public static byte[] Ole() => OleFile.WithScatteredStream(EicarFile.Bytes());

    // EICAR lies in it as it is, but not from the first byte on, where alone it is the EICAR test file.
    public static byte[] OneNote()
    {
        var content = EicarFile.Bytes();
        var length = new byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(length, content.Length);
        return
        [
            .. Convert.FromHexString("E4525C7B8CD8A74DAEB15378D02996D3"), .. new byte[1008],
            .. Convert.FromHexString("E716E3BD65261145A4C48D4D0B7A9EAC"), .. length, .. new byte[12],
            .. content, .. Convert.FromHexString("22A7FB71790F0B4ABB13899256426B24"),
        ];
    }

    /// <summary>Who can read RAR archives says that this one is encrypted.</summary>
    public static byte[] EncryptedRar() => RarFile.With("Nobody can read this."u8.ToArray(), isEncrypted: true);

    public static byte[] EncryptedOffice() => OleFile.WithEmptyStream("EncryptedPackage");

    /// <summary>A tar archive with a member that says it has so many bytes, and is cut short.</summary>
    public static byte[] TarThatClaims(int size)
    {
        var header = new byte[2048];
        var fields = "a".PadRight(100, '\0') + "0000644\00000000\00000000\0" + Octal(size, 11) + "\000000000000\0        0";
        Encoding.ASCII.GetBytes(fields, header);
        "ustar\x0000"u8.CopyTo(header.AsSpan(257));
        Encoding.ASCII.GetBytes(Octal(header.Sum(value => value), 6) + "\0 ", header.AsSpan(148));
        return header;
    }

    private static string Octal(int value, int digits) => Convert.ToString(value, 8).PadLeft(digits, '0');

    private static byte[] Zip(params (string Name, byte[] Content)[] members)
    {
        using var bytes = new MemoryStream();
        using (var archive = new ZipArchive(bytes, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, content) in members)
            {
                using var member = archive.CreateEntry(name, CompressionLevel.SmallestSize).Open();
                member.Write(content);
            }
        }

        return bytes.ToArray();
    }

    private static byte[] MarkFirstAsEncrypted(byte[] zip)
    {
        const byte encrypted = 1;
        const int flagsOfMember = 6, flagsOfEntry = 8;
        zip[flagsOfMember] |= encrypted;
        zip[zip.AsSpan().IndexOf("PK\x01\x02"u8) + flagsOfEntry] |= encrypted;
        return zip;
    }

    private static byte[] Gzip(byte[] content)
    {
        using var bytes = new MemoryStream();
        using (var gzip = new GZipStream(bytes, CompressionLevel.SmallestSize, leaveOpen: true))
            gzip.Write(content);
        return bytes.ToArray();
    }

    private static byte[] PdfWith(ReadOnlySpan<byte> content, string objects, string trailer)
    {
        using var stream = new MemoryStream();
        using (var deflated = new ZLibStream(stream, CompressionLevel.SmallestSize, leaveOpen: true))
            deflated.Write(content);
        return
        [
            .. Encoding.ASCII.GetBytes(
                "%PDF-1.4\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n2 0 obj\n<</Type/Pages/Count 0/Kids[]>>\nendobj\n" +
                $"3 0 obj\n<</Length {stream.Length}/Filter/FlateDecode>>\nstream\n"),
            .. stream.ToArray(),
            .. Encoding.ASCII.GetBytes(
                $"\nendstream\nendobj\n{objects}xref\n0 1\n0000000000 65535 f \ntrailer\n" +
                $"<</Size 4/Root 1 0 R{trailer}>>\nstartxref\n0\n%%EOF\n"),
        ];
    }
}
