using System.Globalization;
using System.Text;

namespace ClamBucketFleet.Inspection;

/// <summary>
/// Has every member of a tar read. A reader of its own: the platform's holds extended headers in memory whatever length
/// they claim, and passes over padding and whatever follows the end.
/// </summary>
internal sealed class TarWalker(ForwardReader source, InspectionRun run, int depth)
{
    private const int LongestExtension = 64 * 1024;

    // What is shorter has no room for anything but names and times.
    private const int ShortBeside = 512;

    private long? _sizeOfNext;
    private bool _expectsMember;

    public async Task WalkAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var block = await BlockAsync(cancellationToken).ConfigureAwait(false);
            if (block.AsSpan().IndexOfAnyExcept((byte)0) < 0)
                break;

            await MemberAsync(TarHeader.Read(block) ?? throw Bad(), cancellationToken).ConfigureAwait(false);
        }

        await EndAsync(cancellationToken).ConfigureAwait(false);
    }

    private static BadArchiveException Bad() => new(UnscannableReason.TooLarge);

    private async Task<byte[]> BlockAsync(CancellationToken cancellationToken)
    {
        if (await source.LookAheadAsync(TarHeader.BlockSize, cancellationToken).ConfigureAwait(false) < TarHeader.BlockSize)
            throw Bad();
        var block = source.Ahead[..TarHeader.BlockSize].ToArray();
        source.Consume(TarHeader.BlockSize);
        return block;
    }

    private Task MemberAsync(TarHeader header, CancellationToken cancellationToken)
    {
        run.CountMember();
        switch (header.Type)
        {
            case 'x' or 'g' or 'L' or 'K':
                return ExtensionAsync(header, cancellationToken);
            case '0' or '7' or '\0':
                return FileAsync(header, cancellationToken);
            case >= '1' and <= '6':
                // Readers disagree on whether content follows these.
                var size = Take(header);
                return size == 0 ? Task.CompletedTask : throw Bad();
            default:
                // Sparse, continued from another volume, or unknown: what is read is not the file.
                throw Bad();
        }
    }

    private async Task FileAsync(TarHeader header, CancellationToken cancellationToken)
    {
        // Old readers take such a name for a directory, which has no content.
        var size = Take(header);
        if (size > source.Remaining || (size > 0 && header.IsNamedLikeDirectory))
            throw Bad();

        using var section = new SectionStream(source, size);
        using var member = new MemberStream(section, size);
        await run.ReadMemberAsync(member, size, depth, cancellationToken).ConfigureAwait(false);
        if (member.WasShort)
            throw Bad();
        await PaddingAsync(size, cancellationToken).ConfigureAwait(false);
    }

    private long Take(TarHeader header)
    {
        // Readers that do not know the extended header read on elsewhere: only where the header has no room is it needed.
        var size = _sizeOfNext ?? header.Size;
        if (size != header.Size && size < TarHeader.FirstWideSize)
            throw Bad();
        (_sizeOfNext, _expectsMember) = (null, false);
        return size;
    }

    private async Task ExtensionAsync(TarHeader header, CancellationToken cancellationToken)
    {
        if (header.Size > LongestExtension
            || await source.LookAheadAsync((int)header.Size, cancellationToken).ConfigureAwait(false) < header.Size)
        {
            throw Bad();
        }

        var content = source.Ahead[..(int)header.Size].ToArray();
        source.Consume(content.Length);
        if (content.Length > ShortBeside)
            await run.ReadBesideAsync(content, cancellationToken).ConfigureAwait(false);
        if (header.Type is 'x' or 'g')
            ReadRecords(content, header.Type == 'g');
        _expectsMember |= header.Type != 'g';
        await PaddingAsync(header.Size, cancellationToken).ConfigureAwait(false);
    }

    // Each record is "length key=value\n".
    private void ReadRecords(ReadOnlySpan<byte> records, bool isGlobal)
    {
        while (records.Length > 0)
        {
            var space = records.IndexOf((byte)' ');
            if (space is < 1 or > 6 || !int.TryParse(records[..space], NumberStyles.None, CultureInfo.InvariantCulture, out var length)
                || length <= space + 1 || length > records.Length || records[length - 1] != '\n')
            {
                throw Bad();
            }

            var record = records[(space + 1)..(length - 1)];
            var equals = record.IndexOf((byte)'=');
            if (equals < 1)
                throw Bad();
            Understand(Encoding.UTF8.GetString(record[..equals]), record[(equals + 1)..], isGlobal);
            records = records[length..];
        }
    }

    private void Understand(string key, ReadOnlySpan<byte> value, bool isGlobal)
    {
        if (key.StartsWith("GNU.sparse.", StringComparison.Ordinal))
            throw Bad();
        if (key != "size")
            return;
        if (isGlobal || !long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var size))
            throw Bad();
        _sizeOfNext = size;
    }

    private async Task PaddingAsync(long size, CancellationToken cancellationToken)
    {
        var length = (int)((TarHeader.BlockSize - size % TarHeader.BlockSize) % TarHeader.BlockSize);
        if (await source.LookAheadAsync(length, cancellationToken).ConfigureAwait(false) < length
            || source.Ahead[..length].IndexOfAnyExcept((byte)0) >= 0)
        {
            throw Bad();
        }

        source.Consume(length);
    }

    private async Task EndAsync(CancellationToken cancellationToken)
    {
        var second = await BlockAsync(cancellationToken).ConfigureAwait(false);
        if (_expectsMember || second.AsSpan().IndexOfAnyExcept((byte)0) >= 0)
            throw Bad();

        while (await source.LookAheadAsync(TarHeader.BlockSize, cancellationToken).ConfigureAwait(false) is > 0 and var count)
        {
            if (count < TarHeader.BlockSize || source.Ahead[..TarHeader.BlockSize].IndexOfAnyExcept((byte)0) >= 0)
                throw Bad();
            source.Consume(TarHeader.BlockSize);
        }
    }
}
