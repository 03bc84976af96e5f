using System.Buffers.Binary;
using System.IO.Compression;

namespace ClamBucketFleet.ClamAv;

/// <summary>
/// A RAR archive whose one member is stored as it is. ClamAV reads these only with libclamunrar, which many
/// distributions do not ship; without it, it calls every RAR archive clean.
/// </summary>
internal static class RarFile
{
    private const byte Archive = 0x73, Member = 0x74, End = 0x7B;

    public static byte[] With(byte[] content, bool isEncrypted = false)
    {
        const int hasContent = 0x8000, encrypted = 4;
        var (size, crc) = (Int(content.Length), Crc32(content));
        const byte unix = 3, version = 29, stored = 0x30;
        byte[] member = [.. size, .. size, unix, .. crc, .. Int(0x5A000000), version, stored, 1, 0, .. Int(0x81A4), (byte)'a'];
        return
        [
            .. "Rar!\x1a\x07\0"u8, .. Block(Archive, 0, new byte[6]),
            .. Block(Member, hasContent | (isEncrypted ? encrypted : 0), member), .. content, .. Block(End, 0x4000, []),
        ];
    }

    private static byte[] Block(byte type, int flags, byte[] body)
    {
        byte[] block = [type, (byte)flags, (byte)(flags >> 8), (byte)(7 + body.Length), 0, .. body];
        return [.. Crc32(block)[..2], .. block];
    }

    private static byte[] Int(int value)
    {
        var bytes = new byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, value);
        return bytes;
    }

    // The framework has the sum only at the end of what it compresses.
    private static byte[] Crc32(byte[] content)
    {
        using var bytes = new MemoryStream();
        using (var gzip = new GZipStream(bytes, CompressionLevel.NoCompression, leaveOpen: true))
            gzip.Write(content);
        return bytes.ToArray()[^8..^4];
    }
}
