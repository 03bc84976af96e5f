using System.Buffers.Binary;
using System.Numerics;
using System.Security.Cryptography;
using Amazon.S3.Model;

namespace ClamBucketFleet.Aws.Objects;

/// <summary>A checksum that S3 keeps of a whole object, and the same over what was read.</summary>
/// <param name="algorithm">For people.</param>
/// <param name="expected">What S3 keeps.</param>
/// <param name="append">Takes the next bytes.</param>
/// <param name="current">The checksum over them.</param>
internal sealed class StoredChecksum(
    string algorithm,
    byte[] expected,
    StoredChecksum.Appender append,
    Func<byte[]> current)
{
    internal delegate void Appender(ReadOnlySpan<byte> data);

    public string Algorithm { get; } = algorithm;

    public bool Matches => current().AsSpan().SequenceEqual(expected);

    public void Append(ReadOnlySpan<byte> data) => append(data);

    /// <summary>
    /// The strongest that the answer carries; null where it carries none. Those of multipart uploads that are checksums
    /// of the parts' checksums say nothing of the whole, and end in the number of parts.
    /// </summary>
    public static StoredChecksum? In(GetObjectResponse response)
    {
        if (Whole(response.ChecksumSHA256) is { } sha256)
            return Of("SHA-256", sha256, HashAlgorithmName.SHA256);
        if (Whole(response.ChecksumCRC64NVME) is { } crc64)
            return Of("CRC-64/NVME", crc64, ReflectedCrc.Crc64Nvme());
        if (Whole(response.ChecksumCRC32C) is { } crc32C)
            return OfCrc32C(crc32C);
        if (Whole(response.ChecksumCRC32) is { } crc32)
            return Of("CRC-32", crc32, ReflectedCrc.Crc32());
        return Whole(response.ChecksumSHA1) is { } sha1 ? Of("SHA-1", sha1, HashAlgorithmName.SHA1) : null;
    }

    private static byte[]? Whole(string? checksum)
    {
        if (string.IsNullOrEmpty(checksum) || checksum.Contains('-', StringComparison.Ordinal))
            return null;
        var bytes = new byte[64];
        return Convert.TryFromBase64String(checksum, bytes, out var length) ? bytes[..length] : null;
    }

    private static StoredChecksum Of(string algorithm, byte[] expected, HashAlgorithmName name)
    {
        var hash = IncrementalHash.CreateHash(name);
        return new StoredChecksum(algorithm, expected, hash.AppendData, hash.GetCurrentHash);
    }

    private static StoredChecksum Of(string algorithm, byte[] expected, ReflectedCrc crc) =>
        new(algorithm, expected, crc.Append, crc.Current);

    private static StoredChecksum OfCrc32C(byte[] expected)
    {
        var state = uint.MaxValue;
        return new StoredChecksum("CRC-32C", expected, Append, Current);

        void Append(ReadOnlySpan<byte> data)
        {
            for (; data.Length >= 8; data = data[8..])
                state = BitOperations.Crc32C(state, BinaryPrimitives.ReadUInt64LittleEndian(data));
            foreach (var value in data)
                state = BitOperations.Crc32C(state, value);
        }

        byte[] Current()
        {
            var bytes = new byte[4];
            BinaryPrimitives.WriteUInt32BigEndian(bytes, ~state);
            return bytes;
        }
    }
}
