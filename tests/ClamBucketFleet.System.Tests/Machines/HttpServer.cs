using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace ClamBucketFleet.SystemTests.Machines;

/// <summary>A request's line and headers. Bodies are not read.</summary>
internal sealed record HttpCall(string Method, string Path, IReadOnlyDictionary<string, string> Headers);

internal sealed record HttpAnswer(HttpStatusCode Status, byte[] Body, params (string Name, string Value)[] Headers)
{
    public static HttpAnswer Text(string text, params (string Name, string Value)[] headers)
        => new(HttpStatusCode.OK, Encoding.UTF8.GetBytes(text), headers);

    public static HttpAnswer Only(HttpStatusCode status, params (string Name, string Value)[] headers) => new(status, [], headers);
}

/// <summary>A small HTTP server within a <see cref="Network"/>: one request a connection.</summary>
internal sealed class HttpServer : IAsyncDisposable
{
    private readonly Socket _listener;
    private readonly Func<HttpCall, HttpAnswer> _answer;
    private readonly Task _accepting;

    public HttpServer(Network network, IPEndPoint endPoint, Func<HttpCall, HttpAnswer> answer)
    {
        _listener = network.Listen(endPoint);
        _answer = answer;
        EndPoint = (IPEndPoint)_listener.LocalEndPoint!;
        _accepting = AcceptAsync();
    }

    public IPEndPoint EndPoint { get; }

    public async ValueTask DisposeAsync()
    {
        _listener.Dispose();
        await _accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task AcceptAsync()
    {
        while (true) _ = ServeAsync(await _listener.AcceptAsync());
    }

    private async Task ServeAsync(Socket socket)
    {
        try
        {
            await using var stream = new NetworkStream(socket, ownsSocket: true);
            using var reader = new StreamReader(stream, Encoding.ASCII, leaveOpen: true);
            if (await ReadAsync(reader) is not { } call) return;

            var answer = _answer(call);
            var head = new StringBuilder($"HTTP/1.1 {(int)answer.Status} {answer.Status}\r\nConnection: close\r\n");
            if (answer.Status != HttpStatusCode.NotModified)
                head.Append(CultureInfo.InvariantCulture, $"Content-Length: {answer.Body.Length}\r\n");
            foreach (var (name, value) in answer.Headers) head.Append(CultureInfo.InvariantCulture, $"{name}: {value}\r\n");
            await stream.WriteAsync(Encoding.ASCII.GetBytes($"{head}\r\n"));
            if (call.Method != "HEAD") await stream.WriteAsync(answer.Body);
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            // The other side is gone.
        }
    }

    private static async Task<HttpCall?> ReadAsync(StreamReader reader)
    {
        if ((await reader.ReadLineAsync())?.Split(' ') is not [var method, var path, _]) return null;

        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        while (await reader.ReadLineAsync() is { Length: > 0 } line)
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            headers[line[..colon]] = line[(colon + 1)..].Trim();
        }
        return new HttpCall(method, path, headers);
    }
}
