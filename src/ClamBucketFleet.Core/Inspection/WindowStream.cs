namespace ClamBucketFleet.Inspection;

/// <summary>One window: the end of the one before, and fresh bytes.</summary>
/// <param name="tail">Gives the end of the last window, and keeps that of this one.</param>
/// <param name="source">Gives fresh bytes.</param>
/// <param name="fresh">How many of them.</param>
internal sealed class WindowStream(WindowTail tail, ForwardReader source, long fresh) : ForwardOnlyStream
{
    private ReadOnlyMemory<byte> _start = tail.Start;

    /// <summary>Fresh bytes still to come.</summary>
    public long Remaining { get; private set; } = fresh;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_start.Length > 0)
        {
            var count = Math.Min(buffer.Length, _start.Length);
            _start[..count].CopyTo(buffer);
            _start = _start[count..];
            return count;
        }

        var most = (int)Math.Min(buffer.Length, Remaining);
        var read = most == 0 ? 0 : await source.ReadAsync(buffer[..most], cancellationToken).ConfigureAwait(false);
        Remaining -= read;
        tail.Keep(buffer.Span[..read], Remaining);
        return read;
    }
}
