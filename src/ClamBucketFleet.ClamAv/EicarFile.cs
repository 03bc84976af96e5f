using System.IO.Compression;

namespace ClamBucketFleet.ClamAv;

/// <summary>
/// The EICAR test file, which every scanner finds. It is put together at run time, so that none finds it in here.
/// </summary>
public static class EicarFile
{
    private const byte Mask = 0x2A;

    private static ReadOnlySpan<byte> Masked =>
    [
        0x72, 0x1F, 0x65, 0x0B, 0x7A, 0x0F, 0x6A, 0x6B, 0x7A, 0x71, 0x1E, 0x76, 0x7A, 0x70, 0x72, 0x1F, 0x1E, 0x02, 0x7A,
        0x74, 0x03, 0x1D, 0x69, 0x69, 0x03, 0x1D, 0x57, 0x0E, 0x6F, 0x63, 0x69, 0x6B, 0x78, 0x07, 0x79, 0x7E, 0x6B, 0x64,
        0x6E, 0x6B, 0x78, 0x6E, 0x07, 0x6B, 0x64, 0x7E, 0x63, 0x7C, 0x63, 0x78, 0x7F, 0x79, 0x07, 0x7E, 0x6F, 0x79, 0x7E,
        0x07, 0x6C, 0x63, 0x66, 0x6F, 0x0B, 0x0E, 0x62, 0x01, 0x62, 0x00,
    ];

    /// <summary>The 68 bytes.</summary>
    public static byte[] Bytes()
    {
        var bytes = Masked.ToArray();
        foreach (ref var value in bytes.AsSpan())
            value ^= Mask;
        return bytes;
    }

    /// <summary>The same, deflated in a ZIP archive: found only by an engine that can unpack.</summary>
    public static byte[] Zip()
    {
        using var bytes = new MemoryStream();
        using (var archive = new ZipArchive(bytes, ZipArchiveMode.Create, leaveOpen: true))
        using (var member = archive.CreateEntry("eicar.com", CompressionLevel.SmallestSize).Open())
            member.Write(Bytes());
        return bytes.ToArray();
    }
}
