namespace ClamBucketFleet.Inspection;

/// <summary>What stands behind a member whose header could not tell its sizes.</summary>
internal static class ZipDescriptor
{
    private const uint Signature = 0x08074b50;
    private const int Longest = 24;

    /// <summary>
    /// Passes over the descriptor of this member: with its signature or without, with narrow sizes or wide ones. It
    /// counts only where it tells what was read and another header follows.
    /// </summary>
    /// <returns>False where nothing of that kind stands there.</returns>
    public static async ValueTask<bool> PassAsync(ForwardReader source, ZipEntry real, CancellationToken cancellationToken)
    {
        await source.LookAheadAsync(Longest + 4, cancellationToken).ConfigureAwait(false);
        if (Length(source.Ahead, real) is not { } length)
            return false;
        source.Consume(length);
        return true;
    }

    private static int? Length(ReadOnlySpan<byte> bytes, ZipEntry real)
    {
        foreach (var start in (ReadOnlySpan<int>)[4, 0])
        {
            foreach (var width in (ReadOnlySpan<int>)[4, 8])
            {
                var end = start + 4 + width + width;
                if (bytes.Length >= end + 4
                    && (start == 0 || ZipEntry.U32(bytes, 0) == Signature)
                    && (real.IsEncrypted || ZipEntry.U32(bytes, start) == real.Crc)
                    && Number(bytes, start + 4, width) == (ulong)real.Compressed
                    && Number(bytes, start + 4 + width, width) == (ulong)real.Size
                    && bytes[end..].StartsWith("PK"u8))
                {
                    return end;
                }
            }
        }

        return null;
    }

    private static ulong Number(ReadOnlySpan<byte> bytes, int at, int width) =>
        width == 8 ? ZipEntry.U64(bytes, at) : ZipEntry.U32(bytes, at);
}
