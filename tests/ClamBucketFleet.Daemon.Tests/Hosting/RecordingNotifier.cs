using System.Collections.Concurrent;
using System.Net.Sockets;
using Microsoft.Extensions.Hosting.Systemd;

namespace ClamBucketFleet.Daemon.Tests.Hosting;

/// <summary>Keeps what systemd would have been told.</summary>
internal sealed class RecordingNotifier : ISystemdNotifier
{
    public ConcurrentQueue<string> States { get; } = [];

    /// <summary>Whether systemd takes nothing.</summary>
    public bool IsDeaf { get; set; }

    public bool IsEnabled => true;

    public void Notify(ServiceState state)
    {
        States.Enqueue(state.ToString());
        if (IsDeaf)
            throw new SocketException((int)SocketError.ConnectionRefused);
    }
}
