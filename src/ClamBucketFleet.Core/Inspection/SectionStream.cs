namespace ClamBucketFleet.Inspection;

/// <summary>The next bytes of a reader, as they stand there.</summary>
internal sealed class SectionStream(ForwardReader source, long length) : ForwardOnlyStream
{
    /// <summary>Bytes still to come.</summary>
    public long Remaining { get; private set; } = length;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var most = (int)Math.Min(buffer.Length, Remaining);
        var count = most == 0 ? 0 : await source.ReadAsync(buffer[..most], cancellationToken).ConfigureAwait(false);
        Remaining -= count;
        return count;
    }
}
