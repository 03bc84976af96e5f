using System.Collections.Concurrent;
using Amazon.Runtime;

namespace ClamBucketFleet.Aws.Tests.Objects;

/// <summary>Sees every request of a client, and lets a test do something right before one goes out.</summary>
internal sealed class RequestHook : DelegatingHandler
{
    private readonly ConcurrentQueue<string> _seen = new();
    private Func<HttpRequestMessage, bool>? _match;
    private Func<Task>? _before;

    public RequestHook()
        : base(new SocketsHttpHandler())
    {
    }

    /// <summary>Method and path with query of each request so far.</summary>
    public IReadOnlyCollection<string> Seen => _seen;

    /// <summary>Once, before the first request that matches.</summary>
    public void Before(Func<HttpRequestMessage, bool> match, Func<Task> act) => (_match, _before) = (match, act);

    protected override async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request,
        CancellationToken cancellationToken)
    {
        _seen.Enqueue($"{request.Method} {request.RequestUri!.PathAndQuery}");
        if (_before is { } act && _match!(request))
        {
            _before = null;
            await act();
        }

        return await base.SendAsync(request, cancellationToken);
    }

    internal sealed class Factory(RequestHook hook) : HttpClientFactory
    {
        private readonly HttpClient _client = new(hook);

        public override HttpClient CreateHttpClient(IClientConfig clientConfig) => _client;

        public override bool UseSDKHttpClientCaching(IClientConfig clientConfig) => false;

        public override bool DisposeHttpClientsAfterUse(IClientConfig clientConfig) => false;
    }
}
