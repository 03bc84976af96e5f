using System.Buffers;
using System.Security.Cryptography;

namespace ClamBucketFleet.Pipeline;

/// <summary>Passes a content through, and knows afterwards its SHA-256, its length and how long its source took.</summary>
/// <param name="source">Is not disposed of.</param>
/// <param name="time">Measures the source.</param>
/// <param name="progress">Told the number of bytes read so far; may be null.</param>
/// <param name="kept">
/// Bytes up to which a copy is kept, and hashed only when somebody asks: hashing a content takes a tenth of the work on it.
/// What is more is hashed as it comes.
/// </param>
internal sealed class MeasuredStream(Stream source, TimeProvider time, Action<long>? progress, int kept) : Stream
{
    private readonly byte[] _kept = kept > 0 ? ArrayPool<byte>.Shared.Rent(kept) : [];
    private IncrementalHash? _hash;
    private bool _isDisposed;

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
    public string Sha256() => Convert.ToHexStringLower(_hash?.GetCurrentHash() ?? SHA256.HashData(Kept));

    private ReadOnlySpan<byte> Kept => _kept.AsSpan(0, (int)BytesRead);

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var started = time.GetTimestamp();
        IsReading = true;
        var count = await source.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        IsReading = false;
        TimeReading += time.GetElapsedTime(started);

        Add(buffer.Span[..count]);
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
        if (disposing && !_isDisposed)
        {
            _isDisposed = true;
            _hash?.Dispose();
            if (_kept.Length > 0)
                ArrayPool<byte>.Shared.Return(_kept);
        }

        base.Dispose(disposing);
    }

    private void Add(ReadOnlySpan<byte> read)
    {
        if (_hash is null && BytesRead + read.Length <= kept)
        {
            read.CopyTo(_kept.AsSpan((int)BytesRead));
            return;
        }

        if (_hash is null)
        {
            _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            _hash.AppendData(Kept);
        }

        _hash.AppendData(read);
    }
}
