using System.IO.Compression;

namespace ClamBucketFleet.TestKit;

/// <summary>Archives with chosen content.</summary>
public static class Archive
{
    public static byte[] Zip(string member, byte[] content) => Zip([(member, content)]);

    public static byte[] Zip(IEnumerable<(string Name, byte[] Content)> members)
    {
        using var bytes = new MemoryStream();
        using (var archive = new ZipArchive(bytes, ZipArchiveMode.Create))
        {
            foreach (var (name, content) in members)
            {
                using var member = archive.CreateEntry(name, CompressionLevel.Optimal).Open();
                member.Write(content);
            }
        }
        return bytes.ToArray();
    }

    /// <summary>
    /// An archive whose one member says that it needs a password. An engine that is told to alert looks at no more.
    /// </summary>
    public static byte[] EncryptedZip(string member, byte[] content)
    {
        const byte Encrypted = 1;
        const int FlagsOfMember = 6, FlagsOfDirectoryEntry = 8;
        var bytes = Zip(member, content);
        bytes[FlagsOfMember] |= Encrypted;
        bytes[bytes.AsSpan().LastIndexOf("PK\u0001\u0002"u8) + FlagsOfDirectoryEntry] |= Encrypted;
        return bytes;
    }
}
