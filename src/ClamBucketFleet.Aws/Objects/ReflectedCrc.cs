namespace ClamBucketFleet.Aws.Objects;

/// <summary>
/// A cyclic redundancy check of up to 64 bits, least significant bit first, all ones before and after: CRC-32 and
/// CRC-64/NVME as S3 stores them. No package of the feed has the second.
/// </summary>
internal sealed class ReflectedCrc
{
    // Eight bytes a step: one table for each of their places. They are the same for every object.
    private static readonly ulong[][] OfCrc32 = Tables(0xEDB88320), OfCrc64Nvme = Tables(0x9A6C9329AC4BC9B5);

    private readonly ulong[][] _tables;
    private readonly int _bits;
    private ulong _state;

    private ReflectedCrc(ulong[][] tables, int bits)
    {
        (_tables, _bits) = (tables, bits);
        _state = bits == 64 ? ulong.MaxValue : uint.MaxValue;
    }

    public static ReflectedCrc Crc32() => new(OfCrc32, 32);

    public static ReflectedCrc Crc64Nvme() => new(OfCrc64Nvme, 64);

    public void Append(ReadOnlySpan<byte> data)
    {
        var state = _state;
        while (data.Length >= 8)
        {
            state ^= BitConverter.ToUInt64(data);
            state = _tables[7][(byte)state] ^ _tables[6][(byte)(state >> 8)] ^ _tables[5][(byte)(state >> 16)]
                ^ _tables[4][(byte)(state >> 24)] ^ _tables[3][(byte)(state >> 32)] ^ _tables[2][(byte)(state >> 40)]
                ^ _tables[1][(byte)(state >> 48)] ^ _tables[0][state >> 56];
            data = data[8..];
        }

        foreach (var value in data)
            state = _tables[0][(byte)(state ^ value)] ^ (state >> 8);
        _state = state;
    }

    /// <summary>The check over all that was appended, most significant byte first.</summary>
    public byte[] Current()
    {
        var bytes = BitConverter.GetBytes(_state ^ (_bits == 64 ? ulong.MaxValue : uint.MaxValue))[..(_bits / 8)];
        Array.Reverse(bytes);
        return bytes;
    }

    /// <param name="polynomial">Reflected.</param>
    private static ulong[][] Tables(ulong polynomial)
    {
        var tables = Enumerable.Range(0, 8).Select(_ => new ulong[256]).ToArray();
        for (var value = 0; value < 256; value++)
        {
            var state = (ulong)value;
            for (var bit = 0; bit < 8; bit++)
                state = (state >> 1) ^ ((state & 1) == 0 ? 0 : polynomial);
            tables[0][value] = state;
        }

        for (var place = 1; place < 8; place++)
        {
            for (var value = 0; value < 256; value++)
                tables[place][value] = tables[0][(byte)tables[place - 1][value]] ^ (tables[place - 1][value] >> 8);
        }

        return tables;
    }
}
