using System.Buffers.Binary;
using System.Security.Cryptography;

namespace ClamBucketFleet.Inspection;

/// <summary>
/// A list of a zip's members as a digest: what was met and what the central directory tells are equal exactly when their
/// digests are, whatever the number of members. The order counts; every writer keeps it.
/// </summary>
internal sealed class ZipList : IDisposable
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    public long Count { get; private set; }

    public void Add(in ZipEntry entry, ReadOnlySpan<byte> name)
    {
        Span<byte> fixedPart = stackalloc byte[36];
        BinaryPrimitives.WriteInt64LittleEndian(fixedPart, entry.Offset);
        BinaryPrimitives.WriteInt64LittleEndian(fixedPart[8..], entry.Compressed);
        BinaryPrimitives.WriteInt64LittleEndian(fixedPart[16..], entry.Size);
        BinaryPrimitives.WriteUInt32LittleEndian(fixedPart[24..], entry.Crc);
        BinaryPrimitives.WriteInt16LittleEndian(fixedPart[28..], (short)entry.Method);
        BinaryPrimitives.WriteInt16LittleEndian(fixedPart[30..], (short)(entry.IsEncrypted ? 1 : 0));
        BinaryPrimitives.WriteInt32LittleEndian(fixedPart[32..], name.Length);
        _hash.AppendData(fixedPart);
        _hash.AppendData(name);
        Count++;
    }

    public bool HasSameMembers(ZipList other) =>
        Count == other.Count && _hash.GetCurrentHash().AsSpan().SequenceEqual(other._hash.GetCurrentHash());

    public void Dispose() => _hash.Dispose();
}
