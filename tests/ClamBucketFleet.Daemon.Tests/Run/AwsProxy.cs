using System.Collections.Concurrent;
using System.Net;
using System.Text;
using ClamBucketFleet.TestKit;

namespace ClamBucketFleet.Daemon.Tests.Run;

/// <summary>
/// Stands between a daemon and moto: passes everything on, remembers what it passed, and lets a test do something
/// before or after a chosen request, answer it itself, or shut the way like a service that is away.
/// </summary>
internal sealed class AwsProxy : IAsyncDisposable
{
    private static readonly HashSet<string> NotPassedOn = new(StringComparer.OrdinalIgnoreCase)
    {
        "Host", "Connection", "Keep-Alive", "Transfer-Encoding", "Content-Length", "Expect", "Date", "Server",
    };

    private readonly HttpClient _http = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseProxy = false,
        AutomaticDecompression = DecompressionMethods.None,
    });

    private readonly ConcurrentQueue<AwsRequest> _requests = new();
    private readonly ConcurrentDictionary<Task, bool> _inWork = new();
    private readonly List<Hook> _hooks = [];
    private readonly Uri _moto;
    private readonly Uri _endpoint;
    private readonly HttpListener _listener = new();
    private readonly Gate _gate;
    private readonly Task _accepting;

    public AwsProxy(MotoServer moto)
    {
        _moto = moto.Endpoint;
        _endpoint = new Uri($"http://127.0.0.1:{FreePort.Find()}/");
        _listener.Prefixes.Add(_endpoint.ToString());
        _listener.Start();
        _accepting = AcceptAsync(_listener);
        // The listener's own end answers 404 to some of what still comes: that is not how a service is away.
        _gate = new Gate(new IPEndPoint(IPAddress.Loopback, _endpoint.Port));
        _gate.Open();
    }

    /// <summary>Leads a daemon's S3 here.</summary>
    public Dictionary<string, string> ForS3 => new() { ["AWS_ENDPOINT_URL_S3"] = _endpoint.ToString() };

    /// <summary>Leads all of a daemon's AWS here.</summary>
    public Dictionary<string, string> ForAll => new() { ["AWS_ENDPOINT_URL"] = _gate.Endpoint.ToString() };

    /// <summary>Everything that came, in its order.</summary>
    public IReadOnlyCollection<AwsRequest> Requests => _requests;

    /// <summary>Asked about every request before what was said of single ones.</summary>
    public Func<AwsRequest, Hook?>? Decide { get; set; }

    /// <summary>Runs something before the first such request is passed on.</summary>
    public void Before(Func<AwsRequest, bool> which, Func<Task> action) => Add(new Hook(which) { Before = action });

    /// <summary>Runs something when the first such request was answered, before the daemon gets the answer.</summary>
    public void After(Func<AwsRequest, bool> which, Func<Task> action) => Add(new Hook(which) { After = action });

    /// <summary>Answers the first such request in moto's place.</summary>
    public void Answer(Func<AwsRequest, bool> which, Func<HttpListenerContext, Task> answer)
        => Add(new Hook(which) { Answer = answer });

    /// <summary>Takes connections again.</summary>
    public void Up() => _gate.Open();

    /// <summary>Cuts what is open and refuses connections to <see cref="ForAll"/>.</summary>
    public Task DownAsync() => _gate.ShutAsync();

    public async ValueTask DisposeAsync()
    {
        await DownAsync();
        _listener.Close();
        await _accepting;
        await Task.WhenAll(_inWork.Keys).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _http.Dispose();
    }

    private void Add(Hook hook)
    {
        lock (_hooks) _hooks.Add(hook);
    }

    private Hook? Take(AwsRequest request)
    {
        if (Decide?.Invoke(request) is { } decided) return decided;
        lock (_hooks)
        {
            var hook = _hooks.Find(hook => hook.Which(request));
            if (hook is not null) _hooks.Remove(hook);
            return hook;
        }
    }

    private async Task AcceptAsync(HttpListener listener)
    {
        while (true)
        {
            HttpListenerContext context;
            try
            {
                context = await listener.GetContextAsync();
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
            {
                return;
            }
            var work = Task.Run(() => HandleAsync(context));
            _inWork[work] = true;
            _ = work.ContinueWith(done => _inWork.TryRemove(done, out _), TaskScheduler.Default);
        }
    }

    private async Task HandleAsync(HttpListenerContext context)
    {
        try
        {
            var body = context.Request.HasEntityBody ? await ReadAsync(context.Request.InputStream) : null;
            var request = new AwsRequest(
                context.Request.HttpMethod,
                context.Request.RawUrl!,
                context.Request.Headers["X-Amz-Target"],
                context.Request.Headers["x-amz-copy-source"] is not null)
            {
                Body = body is null ? "" : Encoding.UTF8.GetString(body),
            };
            _requests.Enqueue(request);
            var hook = Take(request);
            if (hook?.Before is { } before) await before();
            if (hook?.Answer is { } answer)
                await answer(context);
            else
                await PassOnAsync(context, body, hook);
            context.Response.Close();
        }
        catch (Exception e) when (e is HttpListenerException or HttpRequestException or IOException or ObjectDisposedException
            or InvalidOperationException)
        {
            // One of the two sides is gone.
            context.Response.Abort();
        }
    }

    private static async Task<byte[]> ReadAsync(Stream stream)
    {
        using var content = new MemoryStream();
        await stream.CopyToAsync(content);
        return content.ToArray();
    }

    private async Task PassOnAsync(HttpListenerContext context, byte[]? body, Hook? hook)
    {
        using var request = new HttpRequestMessage(
            new HttpMethod(context.Request.HttpMethod), new Uri(_moto, context.Request.RawUrl));
        if (body is not null) request.Content = new ByteArrayContent(body);
        foreach (var name in context.Request.Headers.AllKeys.OfType<string>().Where(name => !NotPassedOn.Contains(name)))
        {
            var value = context.Request.Headers[name];
            if (!request.Headers.TryAddWithoutValidation(name, value))
                request.Content?.Headers.TryAddWithoutValidation(name, value);
        }

        using var answer = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        if (hook?.After is { } after) await after();
        var response = context.Response;
        response.StatusCode = (int)answer.StatusCode;
        foreach (var (name, values) in answer.Headers.Concat(answer.Content.Headers))
        {
            if (!NotPassedOn.Contains(name)) response.Headers[name] = string.Join(", ", values);
        }
        if (answer.Content.Headers.ContentLength is { } length) response.ContentLength64 = length;
        if (hook?.Cuts == true)
        {
            var whole = await answer.Content.ReadAsByteArrayAsync();
            await response.OutputStream.WriteAsync(whole.AsMemory(0, whole.Length / 2));
            await response.OutputStream.FlushAsync();
            throw new IOException("cut");
        }
        if (context.Request.HttpMethod != "HEAD") await answer.Content.CopyToAsync(response.OutputStream);
    }
}

/// <summary>What happens to a request.</summary>
internal sealed record Hook(Func<AwsRequest, bool> Which)
{
    /// <summary>One for the request that is asked about.</summary>
    public Hook()
        : this(_ => true)
    {
    }

    public Func<Task>? Before { get; init; }

    public Func<Task>? After { get; init; }

    public Func<HttpListenerContext, Task>? Answer { get; init; }

    /// <summary>The answer ends in the middle of its body.</summary>
    public bool Cuts { get; init; }
}

/// <summary>A request as it came: <paramref name="Target"/> is the operation of SQS and its like.</summary>
internal sealed record AwsRequest(string Method, string Url, string? Target, bool IsCopy)
{
    public string Body { get; init; } = "";

    public bool Is(string method, string bucket, string key)
        => Method == method && Url.Split('?')[0] == $"/{bucket}/{key}";

    public bool IsTagging(string method, string bucket, string key)
        => Is(method, bucket, key) && Url.Contains("?tagging", StringComparison.Ordinal);
}
