using System.ComponentModel;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using ClamBucketFleet.TestKit;
using Microsoft.Win32.SafeHandles;

namespace ClamBucketFleet.SystemTests.Machines;

/// <summary>
/// A network namespace with nothing but its loopback, on which the address of the instance metadata is too. It lives
/// and goes with a process. Sockets that this process makes in it stay in it, whichever thread uses them.
/// </summary>
internal sealed partial class Network : IAsyncDisposable
{
    private const int NetworkNamespace = 0x40000000;
    private const string Held = "held";

    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(30);

    private readonly ChildProcess _holder;
    private readonly SafeFileHandle _namespace;

    private Network(ChildProcess holder)
    {
        _holder = holder;
        Path = $"/proc/{holder.Id}/ns/net";
        _namespace = File.OpenHandle(Path);
    }

    public string Path { get; }

    public static async Task<Network> CreateAsync(CancellationToken cancellationToken)
    {
        var holder = new Command(Command.Require("unshare"), "--net", "bash", "-euc", $"""
            ip link set lo up
            ip address add {MetadataService.Address}/32 dev lo
            echo {Held}
            exec sleep infinity
            """).Start();
        await holder.WaitForLineAsync(Held, StartLimit, cancellationToken);
        return new Network(holder);
    }

    /// <summary>A program within the network.</summary>
    public Command Inside(string program, params string[] arguments)
        => new(Command.Require("nsenter"), [$"--net={Path}", "--", program, .. arguments]);

    /// <summary>An HTTP client whose connections are made within the network.</summary>
    public HttpClient CreateHttpClient() => new(new SocketsHttpHandler
    {
        UseProxy = false,
        ConnectCallback = async (context, cancellationToken) =>
            new NetworkStream(await ConnectAsync(IPEndPoint.Parse($"{context.DnsEndPoint.Host}:{context.DnsEndPoint.Port}"), cancellationToken), ownsSocket: true),
    });

    public async Task<Socket> ConnectAsync(IPEndPoint endPoint, CancellationToken cancellationToken)
    {
        var socket = CreateSocket();
        try
        {
            await socket.ConnectAsync(endPoint, cancellationToken);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Listens; port 0 lets the system choose.</summary>
    public Socket Listen(IPEndPoint endPoint)
    {
        var socket = CreateSocket();
        socket.Bind(endPoint);
        socket.Listen();
        return socket;
    }

    public async ValueTask DisposeAsync()
    {
        _namespace.Dispose();
        await _holder.DisposeAsync();
    }

    // A thread of its own, which ends here: one of the pool would stay in the namespace.
    private Socket CreateSocket()
    {
        var made = new TaskCompletionSource<Socket>();
        var thread = new Thread(() =>
        {
            try
            {
                if (SetNamespace(_namespace, NetworkNamespace) != 0) throw new Win32Exception(Marshal.GetLastPInvokeError(), "setns");
                made.SetResult(new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
            }
            catch (Exception e)
            {
                made.SetException(e);
            }
        });
        thread.Start();
        thread.Join();
        return made.Task.GetAwaiter().GetResult();
    }

    [LibraryImport("libc", EntryPoint = "setns", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SetNamespace(SafeFileHandle handle, int kind);
}
