using System.Net.Sockets;
using Microsoft.Extensions.Hosting.Systemd;
using Microsoft.Extensions.Logging;

namespace ClamBucketFleet.Daemon.Hosting;

/// <summary>Tells systemd, where it listens.</summary>
internal sealed class ServiceManager(ISystemdNotifier notifier, ILogger<ServiceManager> logger)
{
    /// <summary>Sends a state in the words of sd_notify(3). One that is not taken is no reason to stop working.</summary>
    public void Tell(string state)
    {
        try
        {
            notifier.Notify(new ServiceState(state));
        }
        catch (SocketException e)
        {
            Log.NotTold(logger, state, e.Message);
        }
    }
}
