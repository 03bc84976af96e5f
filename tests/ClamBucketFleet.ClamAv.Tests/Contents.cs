using ClamBucketFleet.TestKit;

namespace ClamBucketFleet.ClamAv.Tests;

/// <summary>Contents that engines are given.</summary>
internal static class Contents
{
    /// <summary>An archive whose member is marked as encrypted, as its author's password would.</summary>
    public static byte[] EncryptedZip()
    {
        var zip = Archive.Zip("secret.txt", "nobody can read this"u8.ToArray());
        var central = zip.AsSpan().IndexOf("PK\x01\x02"u8);
        zip[6] |= 1;
        zip[central + 8] |= 1;
        return zip;
    }

    /// <summary>Never the same twice, so that no cache of clean files answers.</summary>
    public static byte[] Harmless(int length = 1000)
    {
        var bytes = new byte[length];
        Random.Shared.NextBytes(bytes);
        return bytes;
    }

    public static async Task<Verdict> ScanAsync(this IScanEngine engine, byte[] content)
    {
        using var stream = new MemoryStream(content, writable: false);
        return await engine.ScanAsync(stream, content.Length, TestContext.Current.CancellationToken);
    }
}
