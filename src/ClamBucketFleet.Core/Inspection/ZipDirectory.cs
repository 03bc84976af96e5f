namespace ClamBucketFleet.Inspection;

/// <summary>
/// The central directory and what ends it: it must list the members that were met, no more and no less, and the end
/// record must stand at the end and point at nothing else.
/// </summary>
internal sealed class ZipDirectory(ForwardReader source, InspectionRun run, ZipList met)
{
    private const uint Central = 0x02014b50, End = 0x06054b50, End64 = 0x06064b50, Locator = 0x07064b50;
    private const int EndLength = 22, End64Length = 56, LocatorLength = 20, ShortHeader = 512;

    private readonly long _start = source.Consumed;
    private long _length;
    private long _end64 = -1;

    public async Task ReadAsync(CancellationToken cancellationToken)
    {
        using var listed = new ZipList();
        while (await SignatureAsync(cancellationToken).ConfigureAwait(false) == Central)
            await EntryAsync(listed, cancellationToken).ConfigureAwait(false);

        _length = source.Consumed - _start;
        if (!met.HasSameMembers(listed))
            throw Bad();
        if (await SignatureAsync(cancellationToken).ConfigureAwait(false) == End64)
            await End64Async(cancellationToken).ConfigureAwait(false);
        await EndAsync(cancellationToken).ConfigureAwait(false);
    }

    private static BadArchiveException Bad() => new(UnscannableReason.TooLarge);

    private async ValueTask<uint> SignatureAsync(CancellationToken cancellationToken) =>
        await source.LookAheadAsync(4, cancellationToken).ConfigureAwait(false) < 4 ? 0 : ZipEntry.U32(source.Ahead, 0);

    private async ValueTask NeedAsync(int length, CancellationToken cancellationToken)
    {
        if (await source.LookAheadAsync(length, cancellationToken).ConfigureAwait(false) < length)
            throw Bad();
    }

    private async Task EntryAsync(ZipList listed, CancellationToken cancellationToken)
    {
        await NeedAsync(ZipEntry.CentralLength, cancellationToken).ConfigureAwait(false);
        var length = ZipEntry.WholeCentralLength(source.Ahead);
        await NeedAsync(length, cancellationToken).ConfigureAwait(false);
        listed.Add(ZipEntry.ReadCentral(source.Ahead) ?? throw Bad(), ZipEntry.CentralName(source.Ahead));
        var header = length > ShortHeader ? source.Ahead[..length].ToArray() : [];
        source.Consume(length);
        if (header.Length > 0)
            await run.ReadBesideAsync(header, cancellationToken).ConfigureAwait(false);
    }

    private async Task End64Async(CancellationToken cancellationToken)
    {
        await NeedAsync(End64Length + LocatorLength, cancellationToken).ConfigureAwait(false);
        _end64 = source.Consumed;
        if (!IsSoundEnd64(source.Ahead))
            throw Bad();
        source.Consume(End64Length + LocatorLength);
    }

    private bool IsSoundEnd64(ReadOnlySpan<byte> bytes)
    {
        var locator = bytes[End64Length..];
        return ZipEntry.U64(bytes, 4) == End64Length - 12
            && ZipEntry.U32(bytes, 16) == 0
            && ZipEntry.U32(bytes, 20) == 0
            && ZipEntry.U64(bytes, 24) == (ulong)met.Count
            && ZipEntry.U64(bytes, 32) == (ulong)met.Count
            && ZipEntry.U64(bytes, 40) == (ulong)_length
            && ZipEntry.U64(bytes, 48) == (ulong)_start
            && ZipEntry.U32(locator, 0) == Locator
            && ZipEntry.U32(locator, 4) == 0
            && ZipEntry.U64(locator, 8) == (ulong)_end64
            && ZipEntry.U32(locator, 16) is 0 or 1;
    }

    private async Task EndAsync(CancellationToken cancellationToken)
    {
        await NeedAsync(EndLength, cancellationToken).ConfigureAwait(false);
        if (!IsSoundEnd(source.Ahead))
            throw Bad();

        var length = EndLength + ZipEntry.U16(source.Ahead, 20);
        await NeedAsync(length, cancellationToken).ConfigureAwait(false);
        var comment = source.Ahead[EndLength..length].ToArray();
        source.Consume(length);
        if (comment.Length > 0)
            await run.ReadBesideAsync(comment, cancellationToken).ConfigureAwait(false);
    }

    private bool IsSoundEnd(ReadOnlySpan<byte> bytes) =>
        ZipEntry.U32(bytes, 0) == End
        && Is(ZipEntry.U16(bytes, 4), 0, ushort.MaxValue)
        && Is(ZipEntry.U16(bytes, 6), 0, ushort.MaxValue)
        && Is(ZipEntry.U16(bytes, 8), met.Count, ushort.MaxValue)
        && Is(ZipEntry.U16(bytes, 10), met.Count, ushort.MaxValue)
        && Is(ZipEntry.U32(bytes, 12), _length, uint.MaxValue)
        && Is(ZipEntry.U32(bytes, 16), _start, uint.MaxValue);

    // The largest number says that the wide record has the real one.
    private bool Is(long told, long real, long elsewhere) => told == real || (_end64 >= 0 && told == elsewhere);
}
