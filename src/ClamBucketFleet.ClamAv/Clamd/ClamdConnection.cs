using System.Net.Sockets;

namespace ClamBucketFleet.ClamAv;

/// <summary>One connection for one command. Disposing it at any instant is how a scan is given up.</summary>
internal sealed class ClamdConnection : IDisposable
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(200);

    private readonly Socket _socket;

    private ClamdConnection(Socket socket) => _socket = socket;

    /// <exception cref="ScannerUnavailableException">Nobody takes the connection, or not in time.</exception>
    public static async Task<ClamdConnection> OpenAsync(
        ClamdAddress address, TimeSpan within, TimeProvider time, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(within, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        var pause = FirstPause;
        while (true)
        {
            try
            {
                if (await TryOpenAsync(address, either.Token) is { } connection)
                    return connection;

                await Task.Delay(pause, time, either.Token);
                pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                throw new ScannerUnavailableException(
                    $"clamd took no connection on {address} within {within.TotalSeconds:0.#} s: it hangs, is " +
                    "overloaded, or a firewall drops the packets.");
            }
        }
    }

    public async Task SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        while (!bytes.IsEmpty)
            bytes = bytes[await _socket.SendAsync(bytes, SocketFlags.None, cancellationToken)..];
    }

    /// <returns>Bytes received; 0 at the end.</returns>
    public ValueTask<int> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken) =>
        _socket.ReceiveAsync(buffer, SocketFlags.None, cancellationToken);

    /// <summary>The process that listens on a Unix socket (<c>SO_PEERCRED</c>); 0 where it cannot be told.</summary>
    public int PeerProcess
    {
        get
        {
            const int socketLevel = 1, peerCredentials = 17;
            if (_socket.AddressFamily != AddressFamily.Unix || !OperatingSystem.IsLinux())
                return 0;

            Span<byte> credentials = stackalloc byte[3 * sizeof(int)];
            return _socket.GetRawSocketOption(socketLevel, peerCredentials, credentials) == credentials.Length
                ? BitConverter.ToInt32(credentials)
                : 0;
        }
    }

    public void Dispose() => _socket.Dispose();

    private static async Task<ClamdConnection?> TryOpenAsync(ClamdAddress address, CancellationToken cancellationToken)
    {
        var socket = address.EndPoint is UnixDomainSocketEndPoint
            ? new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified)
            : new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(address.EndPoint, cancellationToken);
            return new ClamdConnection(socket);
        }
        catch (SocketException exception) when (exception.SocketErrorCode is SocketError.WouldBlock or SocketError.TryAgain)
        {
            // The backlog of a Unix socket is full, or the resolver is busy.
            socket.Dispose();
            return null;
        }
        catch (SocketException exception)
        {
            socket.Dispose();
            throw new ScannerUnavailableException(Explain(address, exception), exception);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static string Explain(ClamdAddress address, SocketException exception) => exception.SocketErrorCode switch
    {
        SocketError.AddressNotAvailable when address.EndPoint is UnixDomainSocketEndPoint =>
            $"There is no socket {address}: start clamd (systemctl start clamav-daemon; it needs definitions), " +
            "or correct Scan:ClamdAddress.",
        SocketError.ConnectionRefused =>
            $"Nothing listens on {address}: start clamd (systemctl start clamav-daemon; it needs definitions), " +
            "or correct Scan:ClamdAddress.",
        SocketError.AccessDenied =>
            $"This user may not connect to {address}: clamd's LocalSocketMode must be 666, or the user in its " +
            "LocalSocketGroup.",
        SocketError.HostNotFound => $"The host of {address} is not known: correct Scan:ClamdAddress.",
        _ => $"clamd cannot be reached on {address}: {exception.Message}",
    };
}
