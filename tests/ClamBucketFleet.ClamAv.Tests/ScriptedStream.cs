namespace ClamBucketFleet.ClamAv.Tests;

/// <summary>A source whose reads are made up: given the number of reads before, how many bytes (of zeros) come.</summary>
internal sealed class ScriptedStream(Func<int, CancellationToken, ValueTask<int>> read) : Stream
{
    private int _reads;

    public override bool CanRead => true;
    public override bool CanSeek => false;
    public override bool CanWrite => false;
    public override long Length => throw new NotSupportedException();
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        Math.Min(buffer.Length, await read(_reads++, cancellationToken));

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    public override void Flush() => throw new NotSupportedException();
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
    public override void SetLength(long value) => throw new NotSupportedException();
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
