namespace ClamBucketFleet.Inspection;

/// <summary>Streams one behind the other. Leaves them open.</summary>
internal sealed class SequenceStream(IEnumerable<Stream> parts) : ForwardOnlyStream
{
    private readonly Queue<Stream> _parts = new(parts);

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (buffer.Length > 0 && _parts.TryPeek(out var part))
        {
            if (await part.ReadAsync(buffer, cancellationToken).ConfigureAwait(false) is > 0 and var count)
                return count;
            _parts.Dequeue();
        }

        return 0;
    }
}
