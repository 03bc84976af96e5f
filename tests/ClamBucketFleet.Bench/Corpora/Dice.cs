using System.Buffers.Binary;

namespace ClamBucketFleet.Bench.Corpora;

/// <summary>Numbers that are the same from the same seed, on every version of .NET (SplitMix64).</summary>
internal sealed class Dice(ulong seed)
{
    private ulong _state = seed;

    /// <summary>A seed of its own for one of many things that are made from one seed.</summary>
    public static ulong Seed(ulong seed, int index) => new Dice(seed ^ ((ulong)(index + 1) * 0xD1342543DE82EF95)).Next();

    public ulong Next()
    {
        _state += 0x9E3779B97F4A7C15;
        var z = _state;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    /// <summary>From 0 to <paramref name="below"/>, without it.</summary>
    public int Next(int below) => (int)(Next() % (uint)below);

    /// <summary>From 0 to 1, without it.</summary>
    public double NextDouble() => (Next() >> 11) * (1.0 / (1UL << 53));

    public T Pick<T>(IReadOnlyList<T> from) => from[Next(from.Count)];

    public void Fill(Span<byte> bytes)
    {
        for (; bytes.Length >= sizeof(ulong); bytes = bytes[sizeof(ulong)..])
            BinaryPrimitives.WriteUInt64LittleEndian(bytes, Next());
        for (var i = 0; i < bytes.Length; i++)
            bytes[i] = (byte)Next();
    }

    public byte[] Bytes(int count)
    {
        var bytes = new byte[count];
        Fill(bytes);
        return bytes;
    }

    public void Shuffle<T>(IList<T> items)
    {
        for (var i = items.Count - 1; i > 0; i--)
        {
            var j = Next(i + 1);
            (items[i], items[j]) = (items[j], items[i]);
        }
    }
}
