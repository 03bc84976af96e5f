using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace ClamBucketFleet.TestKit;

/// <summary>How a <see cref="DefinitionsServer"/> answers.</summary>
public sealed record DefinitionsAnswer(int Status)
{
    public byte[] Body { get; init; } = [];

    public TimeSpan? RetryAfter { get; init; }

    /// <summary>Takes the request and says nothing.</summary>
    public bool Hangs { get; init; }

    /// <summary>Promises the body and hangs up in the middle of it.</summary>
    public bool BreaksOff { get; init; }
}

/// <summary>A source of definitions on loopback, for freshclam's <c>DatabaseCustomURL</c> or as its mirror.</summary>
public sealed class DefinitionsServer : IAsyncDisposable
{
    private static readonly DateTimeOffset LongAgo = new(2001, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly Socket _listener;
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<string, (byte[] Content, DateTimeOffset Modified)> _files = new();
    private readonly ConcurrentQueue<string> _requests = new();
    private readonly Task _accepting;
    private bool _disposed;

    public DefinitionsServer()
        : this(Listen())
    {
    }

    /// <summary>Answers on a socket that listens already, of another network perhaps, and owns it.</summary>
    public DefinitionsServer(Socket listener)
    {
        _listener = listener;
        _accepting = AcceptAsync();
    }

    public string Url => $"http://{_listener.LocalEndPoint}";

    /// <summary>The paths that were asked for.</summary>
    public IReadOnlyCollection<string> Requests => _requests;

    /// <summary>The files that it serves.</summary>
    public IEnumerable<string> Names => _files.Keys.Select(path => path[1..]).Order(StringComparer.Ordinal);

    /// <summary>Not null: the answer to everything.</summary>
    public DefinitionsAnswer? Answer { get; set; }

    /// <summary>Serves a file, newer than whatever anybody has of it.</summary>
    public void Put(string name, byte[] content) => _files["/" + name] = (content, DateTimeOffset.MaxValue);

    /// <summary>From now on, whoever has the file has the newest.</summary>
    public void Age(string name) => _files["/" + name] = (_files["/" + name].Content, LongAgo);

    /// <summary>Lines for freshclam.conf that have these files fetched and nothing else.</summary>
    public string Configuration(params string[] names) =>
        $"DatabaseMirror {Url}\nDNSDatabaseInfo no\nMaxAttempts 1\nConnectTimeout 5\nReceiveTimeout 0\n"
        + "ExcludeDatabase main\nExcludeDatabase daily\nExcludeDatabase bytecode\n"
        + string.Concat(names.Select(name => $"DatabaseCustomURL {Url}/{name}\n"));

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, true)) return;

        await _stop.CancelAsync();
        _listener.Dispose();
        await _accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_stop.IsCancellationRequested)
            _ = ServeAsync(await _listener.AcceptAsync(_stop.Token));
    }

    private static Socket Listen()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        socket.Listen();
        return socket;
    }

    private async Task ServeAsync(Socket client)
    {
        using (client)
        {
            try
            {
                await using var stream = new NetworkStream(client);
                using var reader = new StreamReader(stream, Encoding.ASCII, leaveOpen: true);
                var path = (await reader.ReadLineAsync(_stop.Token))!.Split(' ')[1];
                DateTimeOffset? since = null;
                while (await reader.ReadLineAsync(_stop.Token) is { Length: > 0 } header)
                {
                    if (header.StartsWith("If-Modified-Since: ", StringComparison.OrdinalIgnoreCase))
                        since = DateTimeOffset.Parse(header.Split(' ', 2)[1], CultureInfo.InvariantCulture);
                }

                _requests.Enqueue(path);
                await WriteAsync(stream, Answer ?? Choose(path, since));
            }
            catch (Exception exception) when (exception is IOException or OperationCanceledException)
            {
                // The client was killed, or the test is over.
            }
        }
    }

    private DefinitionsAnswer Choose(string path, DateTimeOffset? since)
    {
        if (!_files.TryGetValue(path, out var file))
            return new DefinitionsAnswer(404);

        return file.Modified <= since ? new DefinitionsAnswer(304) : new DefinitionsAnswer(200) { Body = file.Content };
    }

    private async Task WriteAsync(NetworkStream stream, DefinitionsAnswer answer)
    {
        if (answer.Hangs)
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, _stop.Token);

        var retry = answer.RetryAfter is { } time ? $"Retry-After: {(int)time.TotalSeconds}\r\n" : "";
        var length = answer.BreaksOff ? answer.Body.Length * 2 : answer.Body.Length;
        var head = $"HTTP/1.1 {answer.Status} Answer\r\nContent-Length: {length}\r\n{retry}Connection: close\r\n\r\n";
        await stream.WriteAsync(Encoding.ASCII.GetBytes(head), _stop.Token);
        await stream.WriteAsync(answer.Body, _stop.Token);
    }
}
