namespace ClamBucketFleet.ClamAv;

/// <summary>
/// A content whose end comes only when clamd has a place for it: until then all of it can be brought already. Disposing
/// gives the place back, and leaves the content open.
/// </summary>
internal sealed class HeldStream(Stream content, ClamdPlaces places) : Stream
{
    private IDisposable? _place;
    private bool _isThrough;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var count = await content.ReadAsync(buffer, cancellationToken);
        if (count > 0 || buffer.IsEmpty || _isThrough)
            return count;

        _place = await places.TakeAsync(cancellationToken);
        _isThrough = true;
        return 0;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) =>
        throw new NotSupportedException("Contents are read asynchronously.");

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _place?.Dispose();
        base.Dispose(disposing);
    }
}
