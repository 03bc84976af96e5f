using System.Net.Sockets;
using System.Runtime.Versioning;

namespace Microsoft.Extensions.Hosting.Systemd;

/// <summary>Notifies over the datagram socket that NOTIFY_SOCKET names.</summary>
[UnsupportedOSPlatform("browser")]
public partial class SystemdNotifier : ISystemdNotifier
{
    private readonly UnixDomainSocketEndPoint? _manager = Find(Environment.GetEnvironmentVariable("NOTIFY_SOCKET"));

    public bool IsEnabled => _manager is not null;

    /// <exception cref="SocketException">The service manager does not take the message.</exception>
    public void Notify(ServiceState state)
    {
        if (_manager is null)
            return;
        using var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        socket.Connect(_manager);
        socket.Send(state.Data);
    }

    // systemd writes an abstract address with "@" where the address has a NUL.
    private static UnixDomainSocketEndPoint? Find(string? path) => path switch
    {
        null or "" => null,
        ['@', .. var name] => new UnixDomainSocketEndPoint($"\0{name}"),
        _ => new UnixDomainSocketEndPoint(path),
    };
}
