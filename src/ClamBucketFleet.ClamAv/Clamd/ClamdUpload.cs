using System.Buffers;
using System.Buffers.Binary;
using System.Net.Sockets;

namespace ClamBucketFleet.ClamAv;

/// <summary>
/// One content on its way through one connection. The reply is awaited from the start, because clamd may answer early
/// and then reset the connection. What is one chunk waits for a place with no connection and goes out in one piece, so
/// that clamd looks after few connections; of what is more, a chunk is sent while the next one is read, and the last one
/// waits.
/// </summary>
/// <param name="connect">Called once.</param>
/// <param name="address">For messages.</param>
/// <param name="patience">The longest silence of clamd.</param>
/// <param name="places">Where the content waits for its turn; null where it need not.</param>
/// <param name="begins">Called when it has its turn; may be null.</param>
/// <param name="time">Measures the times.</param>
internal sealed class ClamdUpload(
    Func<CancellationToken, Task<ClamdConnection>> connect, ClamdAddress address, TimeSpan patience, ClamdPlaces? places, Action? begins,
    TimeProvider time) : IDisposable
{
    /// <summary>Bytes up to which a content goes out in one piece: with all that goes with it, as many as a chunk.</summary>
    public const int Small = Chunk - CommandLength - Prefix;

    private const int CommandLength = 10;

    // With its length before it, a buffer is of a size that the pool has.
    private const int Prefix = sizeof(int);
    private const int Chunk = (128 * 1024) - Prefix;
    private static readonly byte[] Command = "zINSTREAM\0"u8.ToArray();
    private static readonly byte[] End = new byte[Prefix];

    private readonly CancellationTokenSource _stalled = new(Timeout.InfiniteTimeSpan, time);
    private ClamdConnection? _connection;
    private IDisposable? _place;
    private TimeSpan _held;
    private long _released;

    public async Task<Verdict> RunAsync(Stream content, long length, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(_stalled.Token, cancellationToken);
        try
        {
            return length <= Small
                ? await RunSmallAsync(content, (int)length, stop.Token, cancellationToken)
                : await RunLongAsync(content, length, stop.Token, cancellationToken);
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
    }

    public void Dispose()
    {
        _connection?.Dispose();
        _place?.Dispose();
        _stalled.Dispose();
    }

    private bool WasMostlyHeld => _held > TimeSpan.Zero && _held >= time.GetElapsedTime(_released);

    private async Task<Verdict> RunSmallAsync(
        Stream content, int length, CancellationToken stop, CancellationToken cancellationToken)
    {
        // The command, the length, the bytes and one more to see the end by, which has the end mark's room.
        var bytes = Command.Length + Prefix;
        var whole = ArrayPool<byte>.Shared.Rent(bytes + length + Prefix);
        Task<ClamdReceived>? reply = null;
        try
        {
            var count = await content.ReadAtLeastAsync(
                whole.AsMemory(bytes, length + 1), length + 1, throwOnEndOfStream: false, cancellationToken);
            if (count != length)
                throw Mismatch(count, length);

            await HoldAsync(length, null, cancellationToken);
            _connection = await connect(cancellationToken);
            reply = ClamdReplyReader.ReadAsync(_connection, stop);
            Command.CopyTo(whole, 0);
            BinaryPrimitives.WriteInt32BigEndian(whole.AsSpan(Command.Length), length);
            // A chunk without bytes is the end already.
            var end = length == 0 ? Command.Length : bytes + length;
            End.CopyTo(whole, end);
            var complete = await SendAsync(whole.AsMemory(0, end + Prefix), stop);
            _stalled.CancelAfter(patience);
            return Judge(await reply, complete, length);
        }
        finally
        {
            // Nothing may touch the buffer any more when others get it.
            _connection?.Dispose();
            if (reply is not null)
                await ((Task)reply).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            ArrayPool<byte>.Shared.Return(whole);
        }
    }

    private async Task<Verdict> RunLongAsync(
        Stream content, long length, CancellationToken stop, CancellationToken cancellationToken)
    {
        using var answered = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        _connection = await connect(cancellationToken);
        var reply = ReceiveAsync(answered, stop);
        try
        {
            var complete = await SendAllAsync(content, length, answered.Token, stop);
            _stalled.CancelAfter(patience);
            return Judge(await reply, complete, length);
        }
        finally
        {
            _connection.Dispose();
            await ((Task)reply).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<ClamdReceived> ReceiveAsync(CancellationTokenSource answered, CancellationToken stop)
    {
        var received = await ClamdReplyReader.ReadAsync(_connection!, stop);
        await answered.CancelAsync();
        return received;
    }

    /// <returns>Whether all was sent, the end mark included, before anything came back.</returns>
    private async Task<bool> SendAllAsync(
        Stream content, long length, CancellationToken answered, CancellationToken stop)
    {
        var (reading, sending) = (RentChunk(), RentChunk());
        var sent = SendAsync(Command, stop);
        try
        {
            for (var total = 0L; ;)
            {
                // The odd bytes first, so that the last chunk has enough of them to show.
                var wanted = total == 0 ? (int)((length - 1) % Chunk) + 1 : Chunk;
                var count = await content.ReadAtLeastAsync(
                    reading.AsMemory(Prefix, wanted), wanted, throwOnEndOfStream: false, answered);
                total += count;
                if (total > length || (count == 0 && total < length))
                    throw Mismatch(total, length);

                if (!await sent)
                    return false;

                if (count == 0)
                    return !answered.IsCancellationRequested && await SendAsync(End, stop);

                var shown = 0;
                if (total == length)
                {
                    if (await HoldAsync(length, reading, count, answered, stop) is not { } already)
                        return false;
                    shown = already;
                }

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
                _connection!.Dispose();
            await ((Task)sent).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            ArrayPool<byte>.Shared.Return(reading);
            ArrayPool<byte>.Shared.Return(sending);
        }
    }

    /// <returns>
    /// How many of the last bytes clamd was shown while they waited for a place: at most all but one. Null where it took
    /// one of them no more.
    /// </returns>
    private async Task<int?> HoldAsync(long length, byte[] last, int count, CancellationToken answered, CancellationToken stop)
    {
        var (shown, isTaken) = (0, true);
        await HoldAsync(
            length, async () => shown < count - 1 && (isTaken = await SendAsync(Framed(last, shown++, 1), stop)), answered);
        return isTaken ? shown : null;
    }

    private async Task HoldAsync(long length, Func<Task<bool>>? showLife, CancellationToken cancellationToken)
    {
        if (places is null)
        {
            begins?.Invoke();
            return;
        }

        var came = time.GetTimestamp();
        try
        {
            _place = await places.TakeAsync(length, showLife, cancellationToken);
        }
        finally
        {
            (_held, _released) = (time.GetElapsedTime(came), time.GetTimestamp());
        }

        begins?.Invoke();
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
            await _connection!.SendAsync(bytes, stop);
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

    private static byte[] RentChunk() => ArrayPool<byte>.Shared.Rent(Prefix + Chunk);

    private static TryAgainException Mismatch(long total, long length) => new(
        total > length
            ? $"The object gives more than the {length} bytes that it should have."
            : $"The object ended after {total} of {length} bytes.");
}
