using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace ClamBucketFleet.ClamAv.Tests;

/// <summary>A socket on loopback that plays one scripted scene with each connection.</summary>
internal sealed class FakeClamd : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _accepting;

    public FakeClamd(Func<NetworkStream, CancellationToken, Task> scene)
    {
        _listener.Start();
        _accepting = AcceptAsync(scene);
    }

    public string Address => $"tcp://{_listener.LocalEndpoint}";

    public int Connections { get; private set; }

    /// <summary>Reads a whole INSTREAM, answers, and closes in order.</summary>
    public static FakeClamd Answering(byte[] reply) => new(async (stream, cancellationToken) =>
    {
        await ReadContentAsync(stream, cancellationToken);
        await stream.WriteAsync(reply, cancellationToken);
    });

    /// <returns>Bytes of content before the end mark; -1 where the connection ended without one.</returns>
    public static async Task<long> ReadContentAsync(Stream stream, CancellationToken cancellationToken)
    {
        var buffer = new byte[256 * 1024];
        try
        {
            await stream.ReadExactlyAsync(buffer.AsMemory(0, "zINSTREAM\0".Length), cancellationToken);
            for (var total = 0L; ;)
            {
                await stream.ReadExactlyAsync(buffer.AsMemory(0, 4), cancellationToken);
                var length = BinaryPrimitives.ReadInt32BigEndian(buffer);
                if (length == 0)
                    return total;

                await stream.ReadExactlyAsync(buffer.AsMemory(0, length), cancellationToken);
                total += length;
            }
        }
        catch (IOException)
        {
            return -1;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private async Task AcceptAsync(Func<NetworkStream, CancellationToken, Task> scene)
    {
        var scenes = new List<Task>();
        try
        {
            while (true)
            {
                var socket = await _listener.AcceptSocketAsync(_stop.Token);
                Connections++;
                scenes.Add(PlayAsync(socket, scene));
            }
        }
        finally
        {
            await Task.WhenAll(scenes);
        }
    }

    private async Task PlayAsync(Socket socket, Func<NetworkStream, CancellationToken, Task> scene)
    {
        await using var stream = new NetworkStream(socket, ownsSocket: true);
        await scene(stream, _stop.Token);
    }
}
