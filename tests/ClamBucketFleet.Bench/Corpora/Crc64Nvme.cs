using System.Buffers.Binary;

namespace ClamBucketFleet.Bench.Corpora;

/// <summary>The checksum that S3 keeps of an object unless its writer chose another.</summary>
internal static class Crc64Nvme
{
    private static readonly ulong[] Table = [.. Enumerable.Range(0, 256).Select(i => Shifted((ulong)i))];

    public static string Base64(ReadOnlySpan<byte> content)
    {
        var crc = ulong.MaxValue;
        foreach (var value in content)
            crc = Table[(byte)(crc ^ value)] ^ (crc >> 8);
        var bytes = new byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, ~crc);
        return Convert.ToBase64String(bytes);
    }

    private static ulong Shifted(ulong value)
    {
        for (var bit = 0; bit < 8; bit++)
            value = (value & 1) == 1 ? (value >> 1) ^ 0x9A6C9329AC4BC9B5 : value >> 1;
        return value;
    }
}
