using System.Runtime.InteropServices;
using ICSharpCode.SharpZipLib.Checksum;

namespace ClamBucketFleet.Inspection;

/// <summary>
/// The content of one member. One that ends before its declared length is filled up with zeros, so that the engine
/// still reads what there is of it; <see cref="WasShort"/> tells.
/// </summary>
/// <param name="source">The unpacked bytes.</param>
/// <param name="length">Bytes declared; null where the archive does not say.</param>
internal sealed class MemberStream(Stream source, long? length) : ForwardOnlyStream
{
    private readonly Crc32 _crc = new();

    /// <summary>Bytes that came from the source.</summary>
    public long BytesRead { get; private set; }

    /// <summary>Of the bytes that came from the source.</summary>
    public uint Crc => (uint)_crc.Value;

    /// <summary>Whether fewer came than declared.</summary>
    public bool WasShort { get; private set; }

    private long _given;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var most = (int)Math.Min(buffer.Length, length - _given ?? long.MaxValue);
        if (most == 0)
            return 0;

        var count = WasShort ? 0 : await source.ReadAsync(buffer[..most], cancellationToken).ConfigureAwait(false);
        if (count == 0 && length is not null)
        {
            WasShort = true;
            buffer.Span[..most].Clear();
            _given += most;
            return most;
        }

        Measure(buffer[..count]);
        _given += count;
        BytesRead += count;
        return count;
    }

    private void Measure(ReadOnlyMemory<byte> bytes) => _crc.Update(
        MemoryMarshal.TryGetArray(bytes, out var segment) ? segment : new ArraySegment<byte>(bytes.ToArray()));
}
