using System.Security.Cryptography;
using System.Text;

namespace ClamBucketFleet.Bench.Corpora;

/// <summary>One object of a corpus.</summary>
/// <param name="Key">Without what makes it one of several messages' objects.</param>
/// <param name="Size">Bytes.</param>
/// <param name="ETag">32 hexadecimal digits, without quotes.</param>
/// <param name="Infected">Whether EICAR is in it, raw or in a member.</param>
/// <param name="Offset">Where it begins in the corpus's file; null for one that is made while it is read.</param>
/// <param name="Seed">What a made one is made of.</param>
/// <param name="Crc64">The base64 that S3 would send as <c>x-amz-checksum-crc64nvme</c>; null for what came in parts.</param>
internal sealed record CorpusObject(
    string Key, long Size, string ETag, bool Infected, long? Offset = null, ulong Seed = 0, string? Crc64 = null)
{
    /// <summary>One of <see cref="StampedContent"/>.</summary>
    public static CorpusObject Stamped(string key, long size, bool infected, ulong seed) => new(
        key, size, ETagOf(Encoding.ASCII.GetBytes($"{key} {size} {seed}")), infected, Seed: seed);

    /// <summary>Of the form of an MD5, which is what S3 sends for most objects.</summary>
    public static string ETagOf(ReadOnlySpan<byte> content) => Convert.ToHexStringLower(SHA256.HashData(content).AsSpan(0, 16));
}
