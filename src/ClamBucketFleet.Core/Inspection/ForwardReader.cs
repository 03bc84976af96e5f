using System.Buffers;

namespace ClamBucketFleet.Inspection;

/// <summary>A stream read forward with a look ahead, which knows where it is. Leaves its source open.</summary>
/// <param name="source">Read once.</param>
/// <param name="length">Bytes that it has; null where nobody knows yet.</param>
internal sealed class ForwardReader(Stream source, long? length) : ForwardOnlyStream
{
    /// <summary>The farthest look ahead, in bytes: no header of a zip is longer than 196,651.</summary>
    public const int MaxLookAhead = 256 * 1024;

    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(MaxLookAhead);
    private int _start;
    private int _end;
    private bool _ended;

    /// <summary>Bytes consumed so far.</summary>
    public long Consumed { get; private set; }

    /// <summary>Bytes that must follow; null where nobody knows.</summary>
    public long? Remaining => length - Consumed;

    /// <summary>What has been looked at and not consumed.</summary>
    public ReadOnlySpan<byte> Ahead => _buffer.AsSpan(_start, _end - _start);

    /// <summary>The same, valid until the next call.</summary>
    public ArraySegment<byte> AheadSegment => new(_buffer, _start, _end - _start);

    /// <summary>Looks ahead.</summary>
    /// <param name="count">Bytes wanted, at most <see cref="MaxLookAhead"/>.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Bytes that are there now: fewer than wanted only at the end.</returns>
    public async ValueTask<int> LookAheadAsync(int count, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, MaxLookAhead);
        while (_end - _start < count && !_ended)
        {
            if (_start > 0 && _buffer.Length - _start < count)
            {
                Ahead.CopyTo(_buffer);
                (_start, _end) = (0, _end - _start);
            }

            var read = await source.ReadAsync(_buffer.AsMemory(_end), cancellationToken).ConfigureAwait(false);
            _end += read;
            _ended = read == 0;
        }

        return _end - _start;
    }

    /// <summary>Whether nothing follows.</summary>
    public async ValueTask<bool> IsAtEndAsync(CancellationToken cancellationToken) =>
        await LookAheadAsync(1, cancellationToken).ConfigureAwait(false) == 0;

    /// <summary>Passes over what was looked at.</summary>
    public void Consume(int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, _end - _start);
        _start += count;
        Consumed += count;
        if (_start == _end)
            (_start, _end) = (0, 0);
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_start == _end && !_ended && buffer.Length > 0)
        {
            var read = await source.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
            _ended = read == 0;
            Consumed += read;
            return read;
        }

        var count = Math.Min(buffer.Length, _end - _start);
        Ahead[..count].CopyTo(buffer.Span);
        Consume(count);
        return count;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing && _buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = [];
            (_start, _end, _ended) = (0, 0, true);
        }

        base.Dispose(disposing);
    }
}
