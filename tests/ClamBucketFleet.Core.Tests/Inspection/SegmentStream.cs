namespace ClamBucketFleet.Core.Tests.Inspection;

/// <summary>A content that is nowhere whole: blocks, each repeated.</summary>
internal sealed class SegmentStream(params (byte[] Block, long Times)[] segments) : Stream
{
    private int _segment;
    private long _at;

    public long Total => segments.Sum(segment => segment.Block.Length * segment.Times);

    /// <summary>Thrown in place of the byte at <see cref="FailsAt"/>.</summary>
    public Exception? Failure { get; init; }

    public long FailsAt { get; init; } = long.MaxValue;

    public long BytesRead { get; private set; }

    /// <summary>The most bytes that one read gives.</summary>
    public int MostAtOnce { get; init; } = int.MaxValue;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (BytesRead >= FailsAt)
            throw Failure!;
        while (_segment < segments.Length && _at == segments[_segment].Block.Length * segments[_segment].Times)
            (_segment, _at) = (_segment + 1, 0);
        if (_segment == segments.Length)
            return ValueTask.FromResult(0);

        var (block, times) = segments[_segment];
        var from = (int)(_at % block.Length);
        var count = (int)Math.Min(Math.Min(MostAtOnce, buffer.Length), Math.Min(block.Length - from, FailsAt - BytesRead));
        block.AsSpan(from, count).CopyTo(buffer.Span);
        _at += count;
        BytesRead += count;
        return ValueTask.FromResult(count);
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
