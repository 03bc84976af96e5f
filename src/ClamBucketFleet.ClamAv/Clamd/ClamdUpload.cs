using System.Buffers;
using System.Buffers.Binary;
using System.Net.Sockets;

namespace ClamBucketFleet.ClamAv;

/// <summary>
/// One content on its way through one connection. A chunk is sent while the next one is read; the reply is awaited
/// from the start, because clamd may answer early and then reset the connection. The last chunk waits for a place.
/// </summary>
/// <param name="connection">Disposed of at the end.</param>
/// <param name="address">For messages.</param>
/// <param name="patience">The longest silence of clamd.</param>
/// <param name="places">Where the content waits for its turn; null where it need not.</param>
/// <param name="time">Measures the times.</param>
internal sealed class ClamdUpload(
    ClamdConnection connection, ClamdAddress address, TimeSpan patience, ClamdPlaces? places, TimeProvider time) : IDisposable
{
    // With its length before it, a buffer is of a size that the pool has.
    private const int Prefix = sizeof(int);
    private const int Chunk = (128 * 1024) - Prefix;
    private static readonly byte[] Command = "zINSTREAM\0"u8.ToArray();
    private static readonly byte[] End = new byte[Prefix];

    private readonly CancellationTokenSource _stalled = new(Timeout.InfiniteTimeSpan, time);
    private IDisposable? _place;
    private TimeSpan _held;
    private long _released;

    public async Task<Verdict> RunAsync(Stream content, long length, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(_stalled.Token, cancellationToken);
        using var answered = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var reply = ReceiveAsync(answered, stop.Token);
        try
        {
            var complete = await SendAllAsync(content, length, answered.Token, stop.Token);
            _stalled.CancelAfter(patience);
            return Judge(await reply, complete, length);
        }
        catch (OperationCanceledException) when (_stalled.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new TryAgainException(
                $"clamd on {address} gave no sign for {patience.TotalSeconds:0.#} s in the middle of a scan.");
        }
        catch (OperationCanceledException exception) when (cancellationToken.IsCancellationRequested && WasMostlyHeld)
        {
            // It says nothing of the object that others were before it.
            throw new TryAgainException("clamd was busy with other objects until it was too late for this one.", exception);
        }
        finally
        {
            connection.Dispose();
            await ((Task)reply).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    public void Dispose()
    {
        _place?.Dispose();
        _stalled.Dispose();
    }

    private bool WasMostlyHeld => _held > TimeSpan.Zero && _held >= time.GetElapsedTime(_released);

    private async Task<ClamdReceived> ReceiveAsync(CancellationTokenSource answered, CancellationToken stop)
    {
        var received = await ClamdReplyReader.ReadAsync(connection, stop);
        await answered.CancelAsync();
        return received;
    }

    /// <returns>Whether all was sent, the end mark included, before anything came back.</returns>
    private async Task<bool> SendAllAsync(
        Stream content, long length, CancellationToken answered, CancellationToken stop)
    {
        // One more than there is, so that the end is seen with the last bytes.
        var size = (int)Math.Min(length + 1, Chunk);
        var (reading, sending) = (Rent(size), Rent(size));
        var sent = SendAsync(Command, stop);
        try
        {
            for (var total = 0L; ;)
            {
                // The odd bytes first, so that the last chunk has enough of them to show.
                var wanted = total == 0 && length > Chunk ? (int)((length - 1) % Chunk) + 1 : size;
                var count = await content.ReadAtLeastAsync(
                    reading.AsMemory(Prefix, wanted), wanted, throwOnEndOfStream: false, answered);
                total += count;
                if (total > length || (count == 0 && total < length))
                    throw Mismatch(total, length);

                if (!await sent)
                    return false;

                if (count == 0)
                    return !answered.IsCancellationRequested && await SendAsync(End, stop);

                var shown = total == length ? await HoldAsync(reading, count, answered, stop) : 0;
                (reading, sending) = (sending, reading);
                sent = SendAsync(Framed(sending, shown, count - shown), stop);
            }
        }
        catch (OperationCanceledException) when (answered.IsCancellationRequested && !stop.IsCancellationRequested)
        {
            return false;
        }
        finally
        {
            // Nothing may touch the buffers any more when others get them.
            if (!sent.IsCompleted)
                connection.Dispose();
            await ((Task)sent).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            ArrayPool<byte>.Shared.Return(reading);
            ArrayPool<byte>.Shared.Return(sending);
        }
    }

    /// <returns>How many of the last bytes clamd was shown while they waited for a place: at most all but one.</returns>
    private async Task<int> HoldAsync(byte[] last, int count, CancellationToken answered, CancellationToken stop)
    {
        var shown = 0;
        if (places is null)
            return shown;

        var came = time.GetTimestamp();
        try
        {
            _place = await places.TakeAsync(
                async () => shown < count - 1 && await SendAsync(Framed(last, shown++, 1), stop), answered);
        }
        finally
        {
            (_held, _released) = (time.GetElapsedTime(came), time.GetTimestamp());
        }

        return shown;
    }

    // The length takes the room of what was sent before, or of the prefix.
    private static Memory<byte> Framed(byte[] buffer, int from, int count)
    {
        BinaryPrimitives.WriteInt32BigEndian(buffer.AsSpan(from), count);
        return buffer.AsMemory(from, Prefix + count);
    }

    /// <returns>False where clamd closed the connection: what it said before is to be read.</returns>
    private async Task<bool> SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken stop)
    {
        try
        {
            _stalled.CancelAfter(patience);
            await connection.SendAsync(bytes, stop);
            _stalled.CancelAfter(Timeout.InfiniteTimeSpan);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private Verdict Judge(ClamdReceived received, bool complete, long length)
    {
        if (ClamdReply.IsSizeLimit(received.Bytes))
            return new Unscannable(UnscannableReason.TooLarge);

        if (received.Bytes.Length == 0)
            throw new ClamdGoneException(
                $"clamd on {address} closed the connection in the middle of a scan without a word.", received.Fault);

        if (received.Fault is not null)
            throw new ClamdGoneException(
                $"clamd on {address} broke off; until then it had said: {ClamdReply.Quote(received.Bytes)}",
                received.Fault);

        return complete
            ? ClamdReply.Parse(received.Bytes, length, length)
            : throw new TryAgainException(
                $"clamd answered before it had everything: {ClamdReply.Quote(received.Bytes)}");
    }

    private static byte[] Rent(int size) => ArrayPool<byte>.Shared.Rent(Prefix + size);

    private static TryAgainException Mismatch(long total, long length) => new(
        total > length
            ? $"The object gives more than the {length} bytes that it should have."
            : $"The object ended after {total} of {length} bytes.");
}
