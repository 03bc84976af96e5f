using System.Buffers.Binary;

namespace ClamBucketFleet.Inspection;

/// <summary>
/// The content of a gzip. Members that follow each other are one content, as for everything that unpacks them:
/// otherwise what is cut into two members would be found in neither. Damage ends it early.
/// </summary>
internal sealed class GzipStreamReader(ForwardReader source, ExpansionBudget budget) : ForwardOnlyStream
{
    private const int FixedHeader = 10, Trailer = 8;
    private const int HeaderCrc = 2, Extra = 4, Name = 8, Comment = 16, Reserved = 0xe0;

    // Names and the fields of usual writers are shorter; more could hide something that is no content.
    private const int LongestHeader = 512;

    private InflateStream? _deflated;
    private MemberStream? _member;
    private bool _ended;

    /// <summary>Whether it was read to its end, every checksum held, and nothing followed.</summary>
    public bool IsWhole { get; private set; }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (!_ended && buffer.Length > 0)
        {
            if (_member is null && !await BeginAsync(cancellationToken).ConfigureAwait(false))
                break;
            if (await _member!.ReadAsync(buffer, cancellationToken).ConfigureAwait(false) is > 0 and var count)
                return count;
            if (!await EndAsync(cancellationToken).ConfigureAwait(false))
                break;
        }

        _ended |= buffer.Length > 0;
        return 0;
    }

    private async ValueTask<bool> BeginAsync(CancellationToken cancellationToken)
    {
        await source.LookAheadAsync(LongestHeader, cancellationToken).ConfigureAwait(false);
        if (HeaderLength(source.Ahead[..Math.Min(source.Ahead.Length, LongestHeader)]) is not { } length)
            return false;

        source.Consume(length);
        _deflated = new InflateStream(source, null, budget);
        _member = new MemberStream(_deflated, null);
        return true;
    }

    private async ValueTask<bool> EndAsync(CancellationToken cancellationToken)
    {
        if (!_deflated!.IsFinished || await source.LookAheadAsync(Trailer, cancellationToken).ConfigureAwait(false) < Trailer)
            return false;
        var crc = BinaryPrimitives.ReadUInt32LittleEndian(source.Ahead);
        var size = BinaryPrimitives.ReadUInt32LittleEndian(source.Ahead[4..]);
        if (crc != _member!.Crc || size != (uint)_member.BytesRead)
            return false;

        source.Consume(Trailer);
        _member = null;
        IsWhole = await source.IsAtEndAsync(cancellationToken).ConfigureAwait(false);
        return !IsWhole;
    }

    private static int? HeaderLength(ReadOnlySpan<byte> start)
    {
        if (start.Length < FixedHeader || !start.StartsWith((ReadOnlySpan<byte>)[0x1f, 0x8b, 8]) || (start[3] & Reserved) != 0)
            return null;

        var (flags, at) = (start[3], FixedHeader);
        if ((flags & Extra) != 0)
        {
            if (start.Length < at + 2)
                return null;
            at += 2 + BinaryPrimitives.ReadUInt16LittleEndian(start[at..]);
        }

        foreach (var text in (ReadOnlySpan<int>)[Name, Comment])
        {
            if ((flags & text) == 0)
                continue;
            var end = at < start.Length ? start[at..].IndexOf((byte)0) : -1;
            if (end < 0)
                return null;
            at += end + 1;
        }

        at += (flags & HeaderCrc) != 0 ? 2 : 0;
        return at <= start.Length ? at : null;
    }
}
