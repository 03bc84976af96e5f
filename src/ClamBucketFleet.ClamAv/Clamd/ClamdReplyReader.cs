using System.Buffers;
using System.Net.Sockets;

namespace ClamBucketFleet.ClamAv;

/// <summary>What came back on a connection.</summary>
/// <param name="Bytes">All of it.</param>
/// <param name="Fault">Null where clamd closed the connection in order; otherwise the reply may be half of one.</param>
internal sealed record ClamdReceived(byte[] Bytes, Exception? Fault);

/// <summary>Reads a connection to its end.</summary>
internal static class ClamdReplyReader
{
    // Replies are one line; the longest signature names have some hundred bytes.
    private const int Longest = 16 * 1024;

    public static async Task<ClamdReceived> ReadAsync(ClamdConnection connection, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(Longest);
        var count = 0;
        try
        {
            while (count < Longest)
            {
                var received = await connection.ReceiveAsync(buffer.AsMemory(count, Longest - count), cancellationToken);
                if (received == 0)
                    return new ClamdReceived(buffer[..count], null);

                count += received;
            }

            return new ClamdReceived(buffer[..count], new InvalidDataException($"The reply is longer than {Longest} bytes."));
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            return new ClamdReceived(buffer[..count], exception);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
