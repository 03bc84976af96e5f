using System.Buffers;
using System.Runtime.InteropServices;
using ICSharpCode.SharpZipLib.Zip.Compression;

namespace ClamBucketFleet.Inspection;

/// <summary>
/// Unpacks deflated bytes and stops exactly behind them, which the platform's own stream cannot tell. Damage ends it
/// early; nothing of that is thrown.
/// </summary>
/// <param name="source">Stands at the first deflated byte.</param>
/// <param name="compressed">Deflated bytes; null where nobody knows.</param>
/// <param name="budget">What may still be unpacked.</param>
internal sealed class InflateStream(ForwardReader source, long? compressed, ExpansionBudget budget) : ForwardOnlyStream
{
    private readonly Inflater _inflater = new(noHeader: true);
    private int _given;

    /// <summary>Deflated bytes consumed.</summary>
    public long Consumed { get; private set; }

    /// <summary>Whether the end of the deflated data was met.</summary>
    public bool IsFinished { get; private set; }

    /// <summary>Whether there is nothing more to be had because the data is damaged, cut off or too much.</summary>
    public bool IsBroken { get; private set; }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (buffer.Length > 0 && !IsFinished && !IsBroken)
        {
            if (Unpack(buffer) is > 0 and var count)
            {
                IsBroken |= !budget.Spend(count);
                return count;
            }

            if (_inflater.IsFinished)
                Finish();
            else if (!IsBroken)
                await FeedAsync(cancellationToken).ConfigureAwait(false);
        }

        return 0;
    }

    private int Unpack(Memory<byte> buffer)
    {
        if (!MemoryMarshal.TryGetArray<byte>(buffer, out var target))
            return UnpackBeside(buffer);

        var before = _inflater.TotalOut;
        try
        {
            return _inflater.Inflate(target.Array!, target.Offset, target.Count);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // The library throws in several ways on hostile bytes; what it had unpacked before that still counts.
            IsBroken = true;
            return (int)(_inflater.TotalOut - before);
        }
    }

    private int UnpackBeside(Memory<byte> buffer)
    {
        var beside = ArrayPool<byte>.Shared.Rent(Math.Min(buffer.Length, 64 * 1024));
        try
        {
            var count = Unpack(beside.AsMemory(0, Math.Min(beside.Length, buffer.Length)));
            beside.AsSpan(0, count).CopyTo(buffer.Span);
            return count;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(beside);
        }
    }

    private void Finish()
    {
        var unused = _inflater.RemainingInput;
        IsBroken = unused > _given;
        IsFinished = !IsBroken;
        if (IsFinished)
            Pass(_given - unused);
    }

    private async ValueTask FeedAsync(CancellationToken cancellationToken)
    {
        Pass(_given);
        await source.LookAheadAsync(1, cancellationToken).ConfigureAwait(false);
        var input = source.AheadSegment;
        _given = (int)Math.Min(input.Count, compressed - Consumed ?? long.MaxValue);
        if (_given == 0 || !_inflater.IsNeedingInput)
            IsBroken = true;
        else
            _inflater.SetInput(input.Array!, input.Offset, _given);
    }

    private void Pass(int count)
    {
        source.Consume(count);
        Consumed += count;
        _given = 0;
    }
}
