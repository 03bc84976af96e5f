using System.Net.Sockets;
using System.Text;
using ClamBucketFleet.TestKit;

namespace ClamBucketFleet.Daemon.Tests.Run;

/// <summary>systemd's end of NOTIFY_SOCKET.</summary>
internal sealed class NotifySocket : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(45);

    private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
    private readonly Lock _lock = new();
    private readonly List<string> _states = [];
    private readonly Task _reading;

    public NotifySocket(string path)
    {
        _socket.Bind(new UnixDomainSocketEndPoint(path));
        Environment = new() { ["NOTIFY_SOCKET"] = path };
        _reading = ReadAsync();
    }

    public Dictionary<string, string> Environment { get; }

    /// <summary>Everything that came, in its order.</summary>
    public IReadOnlyList<string> States
    {
        get
        {
            lock (_lock) return [.. _states];
        }
    }

    public Task SaysAsync(string text, CancellationToken cancellationToken)
        => Eventually.UntilAsync(
            () => States.Any(state => state.Contains(text, StringComparison.Ordinal)),
            Patience,
            cancellationToken,
            $"'{text}' among what systemd was told");

    public async ValueTask DisposeAsync()
    {
        _socket.Dispose();
        await _reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task ReadAsync()
    {
        var buffer = new byte[8192];
        while (true)
        {
            var length = await _socket.ReceiveAsync(buffer);
            lock (_lock) _states.AddRange(Encoding.UTF8.GetString(buffer, 0, length).Split('\n'));
        }
    }
}
