using System.Buffers.Binary;

namespace ClamBucketFleet.Inspection;

/// <summary>One member of a zip, as its local header or the central directory describes it.</summary>
/// <param name="Offset">Of the local header, in bytes from the archive's first.</param>
/// <param name="Compressed">Bytes in the archive.</param>
/// <param name="Size">Bytes of content.</param>
internal readonly record struct ZipEntry(int Flags, int Method, uint Crc, long Compressed, long Size, long Offset)
{
    public const int Stored = 0, Deflated = 8;

    public const int LocalLength = 30, CentralLength = 46;

    private const int EncryptedFlags = 0x2041, AesMethod = 99, DescriptorFlag = 8, HarmlessFlags = 0x080e;
    private const uint Elsewhere = uint.MaxValue;

    public bool IsEncrypted => (Flags & EncryptedFlags) != 0 || Method == AesMethod;

    public bool HasDescriptor => (Flags & DescriptorFlag) != 0;

    /// <summary>Whether the flags say nothing that is not understood here.</summary>
    public bool HasKnownFlags => (Flags & ~HarmlessFlags) == 0;

    /// <summary>Bytes of the whole local header, by its first <see cref="LocalLength"/>.</summary>
    public static int WholeLocalLength(ReadOnlySpan<byte> header) =>
        LocalLength + U16(header, 26) + U16(header, 28);

    /// <summary>Bytes of the whole entry of the central directory, by its first <see cref="CentralLength"/>.</summary>
    public static int WholeCentralLength(ReadOnlySpan<byte> header) =>
        CentralLength + U16(header, 28) + U16(header, 30) + U16(header, 32);

    public static ReadOnlySpan<byte> LocalName(ReadOnlySpan<byte> header) => header.Slice(LocalLength, U16(header, 26));

    public static ReadOnlySpan<byte> CentralName(ReadOnlySpan<byte> header) => header.Slice(CentralLength, U16(header, 28));

    /// <summary>Null where the header contradicts itself.</summary>
    public static ZipEntry? ReadLocal(ReadOnlySpan<byte> header, long offset)
    {
        long compressed = U32(header, 18), size = U32(header, 22);
        var wide = Wide(header.Slice(LocalLength + U16(header, 26), U16(header, 28)));
        return wide.TryTake(ref size) && wide.TryTake(ref compressed)
            ? new ZipEntry(U16(header, 6), U16(header, 8), U32(header, 14), compressed, size, offset)
            : null;
    }

    /// <summary>Null where the entry contradicts itself, or is on another disk.</summary>
    public static ZipEntry? ReadCentral(ReadOnlySpan<byte> header)
    {
        long compressed = U32(header, 20), size = U32(header, 24), offset = U32(header, 42);
        var wide = Wide(header.Slice(CentralLength + U16(header, 28), U16(header, 30)));
        return wide.TryTake(ref size) && wide.TryTake(ref compressed) && wide.TryTake(ref offset) && U16(header, 34) is 0 or 0xffff
            ? new ZipEntry(U16(header, 8), U16(header, 10), U32(header, 16), compressed, size, offset)
            : null;
    }

    public static int U16(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt16LittleEndian(bytes[at..]);

    public static uint U32(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt32LittleEndian(bytes[at..]);

    public static ulong U64(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt64LittleEndian(bytes[at..]);

    // Two zip64 fields, or a broken one before it: whoever reads the other one reads other sizes.
    private static WideNumbers Wide(ReadOnlySpan<byte> extra)
    {
        var found = new WideNumbers(default, true);
        var isThere = false;
        while (extra.Length >= 4)
        {
            var length = U16(extra, 2);
            if (length > extra.Length - 4)
                return new WideNumbers(default, false);
            if (U16(extra, 0) == 1)
            {
                found = new WideNumbers(extra.Slice(4, length), !isThere);
                isThere = true;
            }

            extra = extra[(4 + length)..];
        }

        return found;
    }

    private ref struct WideNumbers(ReadOnlySpan<byte> numbers, bool isSound)
    {
        private ReadOnlySpan<byte> _numbers = numbers;

        public bool TryTake(ref long value)
        {
            if (!isSound || value != Elsewhere)
                return isSound;
            if (_numbers.Length < 8 || U64(_numbers, 0) > long.MaxValue)
                return false;
            value = (long)U64(_numbers, 0);
            _numbers = _numbers[8..];
            return true;
        }
    }
}
