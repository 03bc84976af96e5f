using System.Text.Json;
using Microsoft.Win32.SafeHandles;

namespace ClamBucketFleet.Bench.Corpora;

/// <summary>Objects with their bytes: a file that holds them, and a list of them beside it.</summary>
internal sealed class Corpus : IDisposable
{
    private readonly SafeFileHandle _bytes;

    private Corpus(string directory)
    {
        Directory = directory;
        Objects = [.. File.ReadLines(ListIn(directory)).Select(line => JsonSerializer.Deserialize<CorpusObject>(line)!)];
        _bytes = File.OpenHandle(BytesIn(directory));
    }

    public string Directory { get; }

    public IReadOnlyList<CorpusObject> Objects { get; }

    public long Bytes => Objects.Sum(entry => entry.Size);

    public static string ListIn(string directory) => Path.Combine(directory, "objects.jsonl");

    public static string BytesIn(string directory) => Path.Combine(directory, "objects.bin");

    public static Corpus Open(string directory) => new(directory);

    /// <summary>Fills all of <paramref name="into"/>, which must lie within the object.</summary>
    public void Read(CorpusObject entry, long offset, Span<byte> into)
    {
        if (entry.Offset is not { } start)
        {
            StampedContent.Read(entry, offset, into);
            return;
        }

        for (var done = 0; done < into.Length;)
        {
            var count = RandomAccess.Read(_bytes, into[done..], start + offset + done);
            done += count > 0 ? count : throw new EndOfStreamException($"{BytesIn(Directory)} ends within {entry.Key}");
        }
    }

    /// <summary>One file an object.</summary>
    public void Write(string into)
    {
        var buffer = new byte[1 << 20];
        foreach (var entry in Objects)
        {
            using var file = File.Create(Path.Combine(into, entry.Key));
            for (var at = 0L; at < entry.Size; at += buffer.Length)
            {
                var part = buffer.AsSpan(0, (int)Math.Min(buffer.Length, entry.Size - at));
                Read(entry, at, part);
                file.Write(part);
            }
        }
    }

    public void Dispose() => _bytes.Dispose();
}
