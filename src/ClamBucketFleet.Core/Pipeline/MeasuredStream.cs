using System.Security.Cryptography;

namespace ClamBucketFleet.Pipeline;

/// <summary>Passes a content through, and knows afterwards its SHA-256, its length and how long its source took.</summary>
internal sealed class MeasuredStream(Stream source, TimeProvider time, Action<long>? progress) : Stream
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    /// <summary>Bytes read so far.</summary>
    public long BytesRead { get; private set; }

    /// <summary>Whether the source is being waited for at this moment.</summary>
    public bool IsReading { get; private set; }

    /// <summary>Time spent waiting for the source.</summary>
    public TimeSpan TimeReading { get; private set; }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Lower-case hexadecimal, of what was read.</summary>
    public string Sha256() => Convert.ToHexStringLower(_hash.GetCurrentHash());

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var started = time.GetTimestamp();
        IsReading = true;
        var count = await source.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        IsReading = false;
        TimeReading += time.GetElapsedTime(started);

        _hash.AppendData(buffer.Span[..count]);
        BytesRead += count;
        progress?.Invoke(BytesRead);
        return count;
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
            _hash.Dispose();
        base.Dispose(disposing);
    }
}
