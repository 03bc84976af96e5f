using System.Net;
using System.Net.Sockets;

namespace ClamBucketFleet.TestKit;

/// <summary>For programs that cannot choose a port themselves.</summary>
public static class FreePort
{
    /// <summary>A loopback port that nothing listened on just now; another program may still be faster.</summary>
    public static int Find()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
