namespace ClamBucketFleet.Inspection;

/// <summary>One header block of a tar.</summary>
/// <param name="Type">The kind of member; 0 as well as <c>'0'</c> is a file.</param>
/// <param name="Size">Bytes of content that follow, before padding.</param>
/// <param name="IsNamedLikeDirectory">Whether the name ends in a slash.</param>
internal readonly record struct TarHeader(char Type, long Size, bool IsNamedLikeDirectory)
{
    public const int BlockSize = 512;

    /// <summary>The first size that needs more than eleven octal digits.</summary>
    public const long FirstWideSize = 1L << 33;

    private const int NameLength = 100;
    private const int SizeAt = 124, SizeLength = 12, ChecksumAt = 148, ChecksumLength = 8, TypeAt = 156;

    /// <summary>Whether a block can be a header at all.</summary>
    public static bool HasChecksum(ReadOnlySpan<byte> block)
    {
        if (Octal(block.Slice(ChecksumAt, ChecksumLength)) is not { } told)
            return false;

        var sum = ' ' * ChecksumLength;
        for (var i = 0; i < BlockSize; i++)
            sum += i is >= ChecksumAt and < ChecksumAt + ChecksumLength ? 0 : block[i];
        return sum == told && sum > ' ' * ChecksumLength;
    }

    /// <summary>Null where the block is no header.</summary>
    public static TarHeader? Read(ReadOnlySpan<byte> block) =>
        HasChecksum(block) && Number(block.Slice(SizeAt, SizeLength)) is { } size
            ? new TarHeader((char)block[TypeAt], size, block[..NameLength].TrimEnd((byte)0).EndsWith("/"u8))
            : null;

    // GNU writes numbers beyond eight gibibytes as binary ones, with the highest bit set.
    private static long? Number(ReadOnlySpan<byte> field)
    {
        if (field[0] != 0x80)
            return Octal(field);

        var number = 0L;
        foreach (var digit in field[1..])
        {
            if (number > long.MaxValue >> 8)
                return null;
            number = (number << 8) | digit;
        }

        return number;
    }

    private static long? Octal(ReadOnlySpan<byte> field)
    {
        var digits = field.Trim(" \0"u8);
        var number = 0L;
        foreach (var digit in digits)
        {
            if (digit is < (byte)'0' or > (byte)'7')
                return null;
            number = (number << 3) | (uint)(digit - '0');
        }

        return number;
    }
}
