using System.Buffers.Binary;
using ClamBucketFleet.TestKit;

namespace ClamBucketFleet.Bench.Corpora;

/// <summary>
/// The bytes of objects too large to lie somewhere: noise that repeats, with a stamp of the object's own every 64 KiB, so
/// that no two are alike. It begins as a video does.
/// </summary>
internal static class StampedContent
{
    private const int Period = 64 * 1024;
    private static readonly byte[] Noise = new Dice(42).Bytes(8 << 20);
    private static readonly byte[] Head = [0, 0, 0, 0x18, .. "ftypisom"u8, 0, 0, 2, 0, .. "isomiso2"u8];
    private static readonly byte[] Planted = Eicar.Bytes;

    /// <summary>Fills all of <paramref name="into"/> with the bytes from <paramref name="offset"/> on.</summary>
    public static void Read(CorpusObject source, long offset, Span<byte> into)
    {
        for (var done = 0; done < into.Length;)
        {
            var at = (int)((offset + done) % Noise.Length);
            var count = Math.Min(into.Length - done, Noise.Length - at);
            Noise.AsSpan(at, count).CopyTo(into[done..]);
            done += count;
        }

        Span<byte> stamp = stackalloc byte[16];
        BinaryPrimitives.WriteUInt64LittleEndian(stamp, source.Seed);
        for (var at = offset / Period * Period; at < offset + into.Length; at += Period)
        {
            BinaryPrimitives.WriteInt64LittleEndian(stamp[8..], at);
            Put(stamp, at + 64, offset, into);
        }

        Put(Head, 0, offset, into);
        if (source.Infected)
            Put(Planted, source.Size * 3 / 4, offset, into);
    }

    private static void Put(ReadOnlySpan<byte> what, long at, long offset, Span<byte> into)
    {
        var (from, to) = (Math.Max(at, offset), Math.Min(at + what.Length, offset + into.Length));
        if (from < to)
            what[(int)(from - at)..(int)(to - at)].CopyTo(into[(int)(from - offset)..]);
    }
}
