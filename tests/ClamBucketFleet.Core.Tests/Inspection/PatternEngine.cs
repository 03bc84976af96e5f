using System.Collections.Concurrent;

namespace ClamBucketFleet.Core.Tests.Inspection;

/// <summary>Reads everything to its end and finds the patterns it knows, wherever they are.</summary>
internal sealed class PatternEngine : IScanEngine
{
    /// <summary>Found as <c>Test.Virus</c>.</summary>
    public static readonly byte[] Virus = "<<<a pattern that stands for a virus>>>"u8.ToArray();

    /// <summary>Makes a content unscannable, as a password does.</summary>
    public static readonly byte[] Locked = "<<<a pattern that stands for a password>>>"u8.ToArray();

    public static readonly Infected Found = new(["Test.Virus"]);

    private long _bytes;

    /// <summary>Bytes that it was given in all.</summary>
    public long Bytes => Volatile.Read(ref _bytes);

    /// <summary>Every content it was given, where that is kept.</summary>
    public ConcurrentQueue<byte[]> Contents { get; } = [];

    public bool KeepsContents { get; init; } = true;

    /// <summary>Whether it says clean after the first byte.</summary>
    public bool Lies { get; init; }

    /// <summary>Whether it was given exactly this, whole.</summary>
    public bool Saw(byte[] content) => Contents.Any(seen => seen.AsSpan().SequenceEqual(content));

    public async Task<Verdict> ScanAsync(Stream content, long length, CancellationToken cancellationToken)
    {
        var buffer = new byte[256 * 1024];
        using var kept = new MemoryStream();
        var (total, carried, virus, locked) = (0L, 0, false, false);
        while (await content.ReadAsync(buffer.AsMemory(carried), cancellationToken) is > 0 and var count)
        {
            total += count;
            if (Lies)
                return EngineAnswer.NothingFound(length, length);
            if (KeepsContents)
                kept.Write(buffer, carried, count);
            var seen = buffer.AsSpan(0, carried + count);
            virus |= seen.IndexOf(Virus) >= 0;
            locked |= seen.IndexOf(Locked) >= 0;
            carried = Math.Min(seen.Length, Locked.Length - 1);
            seen[^carried..].CopyTo(buffer);
        }

        Interlocked.Add(ref _bytes, total);
        if (KeepsContents)
            Contents.Enqueue(kept.ToArray());
        return virus ? EngineAnswer.Found(["Test.Virus"])
            : locked ? EngineAnswer.Found(["Heuristics.Encrypted.Zip"])
            : EngineAnswer.NothingFound(total, length);
    }

    public Task<EngineInfo> DescribeAsync(CancellationToken cancellationToken) =>
        Task.FromResult(new EngineInfo("fake", "Fake 1", null, null));

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
