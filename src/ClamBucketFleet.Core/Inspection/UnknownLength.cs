using System.Buffers;

namespace ClamBucketFleet.Inspection;

/// <summary>
/// Reads what has no declared length. The engine must be told one, so it is held in memory, then in one file, until
/// its end or the limit is met; what is larger is looked into from its beginning again.
/// </summary>
internal sealed class UnknownLength(InspectionRun run, InspectionLimits limits)
{
    private const int Chunk = 128 * 1024;

    private bool _spoolIsTaken;

    /// <param name="content">Read to its end.</param>
    /// <param name="depth">Archives around it.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task ReadAsync(Stream content, int depth, CancellationToken cancellationToken)
    {
        using var reader = new ForwardReader(content, null);

        // A tar is read member by member anyway, and is what most gzips hold: no need to hold it.
        if (await ContentKinds.OfAsync(reader, cancellationToken).ConfigureAwait(false) == ContentKind.Tar)
        {
            await run.LookIntoAsync(reader, depth, cancellationToken).ConfigureAwait(false);
            return;
        }

        var most = (int)Math.Min(limits.MemoryWindow, limits.MaxMemberSize);
        var buffer = ArrayPool<byte>.Shared.Rent(most);
        try
        {
            var count = await reader.ReadAtLeastAsync(
                buffer.AsMemory(0, most), most, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
            using var held = new MemoryStream(buffer, 0, count, writable: false);
            if (await reader.IsAtEndAsync(cancellationToken).ConfigureAwait(false))
                await run.ReadMemberAsync(held, count, depth, cancellationToken).ConfigureAwait(false);
            else if (!_spoolIsTaken && SpooledMember.TryCreate(limits.SpoolDirectory) is { } spooled)
                await SpoolAsync(held, reader, spooled, depth, cancellationToken).ConfigureAwait(false);
            else
                await StartOverAsync(held, reader, depth, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private async Task SpoolAsync(
        MemoryStream held, ForwardReader rest, SpooledMember spooled, int depth, CancellationToken cancellationToken)
    {
        _spoolIsTaken = true;
        try
        {
            using (spooled)
            {
                using var source = new SequenceStream([held, rest]);
                var isWhole = await spooled.FillAsync(source, limits.MaxMemberSize, Chunk, cancellationToken).ConfigureAwait(false);
                using var start = spooled.Read();
                if (isWhole)
                    await run.ReadMemberAsync(start, spooled.Length, depth, cancellationToken).ConfigureAwait(false);
                else
                    await StartOverAsync(start, source, depth, cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            _spoolIsTaken = false;
        }
    }

    private async Task StartOverAsync(Stream start, Stream rest, int depth, CancellationToken cancellationToken)
    {
        using var both = new SequenceStream([start, rest]);
        using var again = new ForwardReader(both, null);
        await run.LookIntoAsync(again, depth, cancellationToken).ConfigureAwait(false);
    }
}
