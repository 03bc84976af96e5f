using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace ClamBucketFleet.Daemon.Tests.Run;

/// <summary>A loopback port that leads to another one, and can be shut like that of a service that is away.</summary>
internal sealed class Gate(IPEndPoint inner) : IAsyncDisposable
{
    private readonly ConcurrentDictionary<Socket, bool> _open = new();
    private Socket? _listener;
    private Task _accepting = Task.CompletedTask;
    private int _port;

    public Uri Endpoint => new($"http://127.0.0.1:{_port}/");

    /// <summary>Takes connections, on the same port as before.</summary>
    public void Open()
    {
        _listener = new Socket(SocketType.Stream, ProtocolType.Tcp);
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, _port));
        _listener.Listen();
        _port = ((IPEndPoint)_listener.LocalEndPoint!).Port;
        _accepting = AcceptAsync(_listener);
    }

    /// <summary>Cuts every connection and refuses new ones.</summary>
    public async Task ShutAsync()
    {
        _listener?.Dispose();
        await _accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        foreach (var socket in _open.Keys) Cut(socket);
    }

    public async ValueTask DisposeAsync() => await ShutAsync();

    private async Task AcceptAsync(Socket listener)
    {
        while (true) _ = RelayAsync(await listener.AcceptAsync());
    }

    private async Task RelayAsync(Socket outside)
    {
        using var inside = new Socket(SocketType.Stream, ProtocolType.Tcp);
        _open[outside] = true;
        try
        {
            await inside.ConnectAsync(inner);
            await using var one = new NetworkStream(outside);
            await using var other = new NetworkStream(inside);
            await Task.WhenAny(one.CopyToAsync(other), other.CopyToAsync(one));
        }
        catch (Exception e) when (e is SocketException or IOException or ObjectDisposedException)
        {
            // One of the two sides is gone.
        }
        finally
        {
            _open.TryRemove(outside, out _);
            Cut(outside);
        }
    }

    private static void Cut(Socket socket)
    {
        // A reset, as from a process that was killed.
        try
        {
            socket.LingerState = new LingerOption(enable: true, seconds: 0);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // It was cut already.
        }
        socket.Dispose();
    }
}
