using System.Buffers;

namespace ClamBucketFleet.Inspection;

/// <summary>Has the engine read what nobody can open, in overlapping windows. What it finds counts; nothing else does.</summary>
internal sealed class WindowScan(InspectionRun run, InspectionLimits limits)
{
    /// <summary>Reads to the end.</summary>
    public ValueTask ReadAsync(ForwardReader source, CancellationToken cancellationToken) =>
        source.Remaining is { } remaining
            ? new ValueTask(StreamAsync(source, remaining, cancellationToken))
            : new ValueTask(CollectAsync(source, cancellationToken));

    private async Task StreamAsync(ForwardReader source, long remaining, CancellationToken cancellationToken)
    {
        var tail = new WindowTail(remaining > limits.WindowSize ? limits.Overlap : 0);
        while (remaining > 0)
        {
            var fresh = Math.Min(remaining, limits.WindowSize - tail.Start.Length);
            var size = fresh + tail.Start.Length;
            using var window = new WindowStream(tail, source, fresh);
            await run.ReadWindowAsync(window, size, fresh, cancellationToken).ConfigureAwait(false);
            tail.Turn();
            remaining -= fresh;
        }
    }

    // The engine must be told a length before the first byte: what has none is held until it is known.
    private async Task CollectAsync(ForwardReader source, CancellationToken cancellationToken)
    {
        var size = limits.MemoryWindow;
        var overlap = Math.Min(limits.Overlap, size / 4);
        var buffer = ArrayPool<byte>.Shared.Rent(size);
        try
        {
            var kept = 0;
            while (true)
            {
                var fresh = await source.ReadAtLeastAsync(
                    buffer.AsMemory(kept, size - kept), size - kept, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
                if (fresh == 0)
                    return;

                using var window = new MemoryStream(buffer, 0, kept + fresh, writable: false);
                await run.ReadWindowAsync(window, kept + fresh, fresh, cancellationToken).ConfigureAwait(false);
                if (kept + fresh < size)
                    return;
                buffer.AsSpan(size - overlap, overlap).CopyTo(buffer);
                kept = overlap;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
