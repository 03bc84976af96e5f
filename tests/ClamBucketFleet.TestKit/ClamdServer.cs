using System.Net;
using System.Net.Sockets;
using System.Text;

namespace ClamBucketFleet.TestKit;

/// <summary>A real clamd with a directory, definitions and a socket of its own, as the user who runs the tests.</summary>
public sealed class ClamdServer : IAsyncDisposable
{
    private readonly TimeSpan _startLimit;
    private readonly TemporaryDirectory _directory = new();
    private readonly string _configuration;
    private ChildProcess? _process;

    private ClamdServer(ClamdOptions options)
    {
        _startLimit = options.StartLimit;
        SocketPath = _directory.Combine("clamd.sock");
        TemporaryDirectory = _directory.CreateDirectory("tmp");
        DatabaseDirectory = options.DatabaseDirectory ?? _directory.CreateDirectory("db");
        if (options.DatabaseDirectory is null) Definitions.Write(DatabaseDirectory);
        if (options.Tcp) Port = FreePort.Find();

        var lines = Port is null
            ? options.ToConfiguration("LocalSocket", SocketPath, DatabaseDirectory, TemporaryDirectory)
            : options.ToConfiguration("TCPSocket", $"{Port}", DatabaseDirectory, TemporaryDirectory)
                + $"TCPAddr {IPAddress.Loopback}\n";
        _configuration = _directory.Write("clamd.conf", Encoding.UTF8.GetBytes(lines));
    }

    /// <summary>The clamd.conf that it reads when it starts.</summary>
    public string ConfigurationFile => _configuration;

    public string SocketPath { get; }

    /// <summary>Null where clamd listens on <see cref="SocketPath"/>.</summary>
    public int? Port { get; }

    /// <summary>In the form that the setting <c>Scan:ClamdAddress</c> has.</summary>
    public string Address => Port is null ? SocketPath : $"tcp://{IPAddress.Loopback}:{Port}";

    public EndPoint EndPoint
        => Port is { } port ? new IPEndPoint(IPAddress.Loopback, port) : new UnixDomainSocketEndPoint(SocketPath);

    public string DatabaseDirectory { get; }

    public string TemporaryDirectory { get; }

    public ChildProcess Process => _process ?? throw new InvalidOperationException("clamd was not started");

    public int Pid => Process.Id;

    public static Task<ClamdServer> StartAsync(CancellationToken cancellationToken)
        => StartAsync(new ClamdOptions(), cancellationToken);

    /// <summary>Starts it and waits for its PONG.</summary>
    public static async Task<ClamdServer> StartAsync(ClamdOptions options, CancellationToken cancellationToken)
    {
        var clamd = new ClamdServer(options);
        try
        {
            await clamd.RestartAsync(cancellationToken);
            return clamd;
        }
        catch
        {
            await clamd.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts it again on the same address; what is gone was stopped or killed before, or is stopped now.</summary>
    public async Task RestartAsync(CancellationToken cancellationToken)
    {
        if (_process is not null) await _process.DisposeAsync();
        _process = new Command(Command.Require("clamd"), "--config-file", _configuration).Start();
        await Eventually.UntilAsync(PongsAsync, _startLimit, cancellationToken);
    }

    /// <summary>SIGTERM: clamd takes its socket away, after up to five seconds.</summary>
    public Task StopAsync() => Process.StopAsync();

    /// <summary>SIGKILL: the socket's file stays.</summary>
    public Task KillAsync() => Process.KillAsync();

    /// <summary>SIGSTOP: connections are still taken, by the kernel, and nothing answers.</summary>
    public void Suspend() => Process.Send(Signal.Stop);

    public void Resume() => Process.Send(Signal.Continue);

    /// <summary>Sends one command such as <c>VERSION</c> and gives the whole reply, without the NUL behind it.</summary>
    public async Task<string> CommandAsync(string command, CancellationToken cancellationToken)
    {
        using var socket = new Socket(EndPoint.AddressFamily, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(EndPoint, cancellationToken);
        await using var stream = new NetworkStream(socket);
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"z{command}\0"), cancellationToken);
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return (await reader.ReadToEndAsync(cancellationToken)).TrimEnd('\0');
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not null) await _process.DisposeAsync();
        await _directory.DisposeAsync();
    }

    private async Task<bool> PongsAsync(CancellationToken cancellationToken)
    {
        if (Process.HasExited)
            throw new InvalidOperationException($"clamd ended with {Process.ExitCode}:\n{Process.Output}{Process.Error}");
        try
        {
            return await CommandAsync("PING", cancellationToken) == "PONG";
        }
        catch (Exception exception) when (exception is SocketException or IOException)
        {
            return false;
        }
    }
}
