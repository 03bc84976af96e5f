using System.Net;
using System.Net.Sockets;

namespace ClamBucketFleet.SystemTests.Machines;

/// <summary>A port within a <see cref="Network"/> that leads to AWS, and whose answers can be held back.</summary>
internal sealed class Relay : IAsyncDisposable
{
    private readonly Network _network;
    private readonly Socket _listener;
    private readonly Task _accepting;
    private readonly CancellationTokenSource _end = new();
    private TaskCompletionSource _open = Opened();

    public Relay(Network network)
    {
        _network = network;
        _listener = network.Listen(new IPEndPoint(IPAddress.Loopback, 0));
        _accepting = AcceptAsync();
    }

    public Uri Endpoint => new($"http://{_listener.LocalEndPoint}/");

    /// <summary>From now on, what AWS answers stays here.</summary>
    public void Hold() => _open = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Lets what was held, and what comes, pass.</summary>
    public void Release() => _open.TrySetResult();

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _listener.Dispose();
        await _accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _end.Dispose();
    }

    private static TaskCompletionSource Opened()
    {
        var source = new TaskCompletionSource();
        source.SetResult();
        return source;
    }

    private async Task AcceptAsync()
    {
        while (true) _ = PassAsync(await _listener.AcceptAsync());
    }

    private async Task PassAsync(Socket outside)
    {
        try
        {
            await using var one = new NetworkStream(outside, ownsSocket: true);
            await using var other = new NetworkStream(
                await _network.ConnectAsync(Cloud.Address, _end.Token), ownsSocket: true);
            await Task.WhenAny(one.CopyToAsync(other, _end.Token), AnswerAsync(other, one));
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException)
        {
            // One of the two sides is gone.
        }
    }

    private async Task AnswerAsync(NetworkStream from, NetworkStream to)
    {
        var buffer = new byte[64 << 10];
        while (await from.ReadAsync(buffer, _end.Token) is var read and > 0)
        {
            await _open.Task.WaitAsync(_end.Token);
            await to.WriteAsync(buffer.AsMemory(0, read), _end.Token);
        }
    }
}
