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
}
