using System.Collections.Concurrent;
using System.Globalization;
using Amazon.Runtime;

namespace ClamBucketFleet.Aws.Tests.Definitions;

/// <summary>
/// What moto lacks to be S3: a clock that a test moves, and conditional writes in one step (moto looks and writes in
/// two, between which another thread of its own may write).
/// </summary>
internal sealed class MirrorService
{
    private readonly ConcurrentDictionary<string, TimeSpan> _written = new();
    private readonly SemaphoreSlim _turn = new(1);
    private long _ahead;

    /// <summary>Moves the service's clock; objects keep the time at which they were written.</summary>
    public void Advance(TimeSpan by) => Interlocked.Add(ref _ahead, by.Ticks);

    public async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request,
        Func<Task<HttpResponseMessage>> send,
        CancellationToken cancellationToken)
    {
        var path = request.RequestUri!.AbsolutePath;
        var conditional = request.Headers.IfMatch.Count > 0 || request.Headers.IfNoneMatch.Count > 0;
        if (conditional)
            await _turn.WaitAsync(cancellationToken);
        try
        {
            var response = await send();
            var ahead = TimeSpan.FromTicks(Interlocked.Read(ref _ahead));
            if (request.Method == HttpMethod.Put && response.IsSuccessStatusCode)
                _written[path] = ahead;
            Shift(response, ahead, _written.GetValueOrDefault(path));
            return response;
        }
        finally
        {
            if (conditional)
                _turn.Release();
        }
    }

    private static void Shift(HttpResponseMessage response, TimeSpan now, TimeSpan written)
    {
        response.Headers.Date += now;
        response.Content.Headers.LastModified += written;
    }
}

/// <summary>One instance's way to the service, which a test can cut, or answer on itself.</summary>
internal sealed class MirrorNetwork(MirrorService service) : DelegatingHandler(new SocketsHttpHandler())
{
    private readonly ConcurrentQueue<string> _seen = new();
    private int _left = int.MaxValue;

    /// <summary>Method and path of each request so far.</summary>
    public IReadOnlyCollection<string> Seen => _seen;

    /// <summary>Runs before a request goes out; what it gives is the answer.</summary>
    public Func<HttpRequestMessage, Task<HttpResponseMessage?>>? Before { get; set; }

    /// <summary>Where true, the answer is lost after the service has done its work.</summary>
    public Func<HttpRequestMessage, bool>? LosesAnswer { get; set; }

    /// <summary>The instance is dead to the service after so many more requests.</summary>
    public void CutAfter(int requests) => Volatile.Write(ref _left, requests);

    public static HttpResponseMessage Error(int status, string code) => new((System.Net.HttpStatusCode)status)
    {
        Content = new StringContent(string.Create(
            CultureInfo.InvariantCulture, $"<Error><Code>{code}</Code><Message>No.</Message></Error>")),
    };

    protected override async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request,
        CancellationToken cancellationToken)
    {
        _seen.Enqueue($"{request.Method} {request.RequestUri!.AbsolutePath}");
        if (Interlocked.Decrement(ref _left) < 0)
            throw new HttpRequestException("The network is cut.");
        if (Before is { } before && await before(request) is { } answer)
            return answer;

        var response = await service.SendAsync(
            request, () => base.SendAsync(request, cancellationToken), cancellationToken);
        if (LosesAnswer?.Invoke(request) != true)
            return response;

        response.Dispose();
        throw new HttpRequestException("The answer is lost.");
    }

    internal sealed class Factory(MirrorNetwork network) : HttpClientFactory
    {
        private readonly HttpClient _client = new(network, disposeHandler: false);

        public override HttpClient CreateHttpClient(IClientConfig clientConfig) => _client;

        public override bool UseSDKHttpClientCaching(IClientConfig clientConfig) => false;

        public override bool DisposeHttpClientsAfterUse(IClientConfig clientConfig) => false;
    }
}
