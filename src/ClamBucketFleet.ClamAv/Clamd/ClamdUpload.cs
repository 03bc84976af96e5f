using System.Buffers;
using System.Buffers.Binary;
using System.Net.Sockets;

namespace ClamBucketFleet.ClamAv;

/// <summary>
/// One content on its way through one connection. A chunk is sent while the next one is read; the reply is awaited
/// from the start, because clamd may answer early and then reset the connection.
/// </summary>
internal sealed class ClamdUpload(
    ClamdConnection connection, ClamdAddress address, TimeSpan patience, TimeProvider time) : IDisposable
{
    // With its length before it, a buffer is of a size that the pool has.
    private const int Prefix = sizeof(int);
    private const int Chunk = (128 * 1024) - Prefix;
    private static readonly byte[] Command = "zINSTREAM\0"u8.ToArray();
    private static readonly byte[] End = new byte[Prefix];

    private readonly CancellationTokenSource _stalled = new(Timeout.InfiniteTimeSpan, time);

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
        finally
        {
            connection.Dispose();
            await ((Task)reply).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    public void Dispose() => _stalled.Dispose();

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
                var count = await content.ReadAtLeastAsync(
                    reading.AsMemory(Prefix, size), size, throwOnEndOfStream: false, answered);
                total += count;
                if (total > length || (count == 0 && total < length))
                    throw Mismatch(total, length);

                if (!await sent)
                    return false;

                if (count == 0)
                    return !answered.IsCancellationRequested && await SendAsync(End, stop);

                BinaryPrimitives.WriteInt32BigEndian(reading, count);
                (reading, sending) = (sending, reading);
                sent = SendAsync(sending.AsMemory(0, Prefix + count), stop);
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
