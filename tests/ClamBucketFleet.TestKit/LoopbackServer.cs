using System.Net;
using System.Text;

namespace ClamBucketFleet.TestKit;

/// <summary>A request to a <see cref="LoopbackServer"/>.</summary>
public sealed record LoopbackRequest(string Method, string Url, Func<string, string?> Header, string Body);

/// <summary>An HTTP server on a loopback port of its own.</summary>
public sealed class LoopbackServer : IAsyncDisposable
{
    private readonly HttpListener _listener = new();
    private readonly Func<LoopbackRequest, (HttpStatusCode Status, string Body)> _answer;
    private readonly Task _serving;

    public LoopbackServer(Func<LoopbackRequest, (HttpStatusCode Status, string Body)> answer)
    {
        _answer = answer;
        Endpoint = new Uri($"http://127.0.0.1:{FreePort.Find()}/");
        _listener.Prefixes.Add(Endpoint.ToString());
        _listener.Start();
        _serving = ServeAsync();
    }

    public Uri Endpoint { get; }

    /// <summary>Serves an instance's metadata.</summary>
    public static LoopbackServer For(InstanceMetadata metadata)
        => new(request => metadata.Answer(request.Method, request.Url, request.Header));

    /// <summary>Leads the AWS SDK, and the program, to a server of metadata.</summary>
    public Dictionary<string, string> AsMetadata => new()
    {
        ["AWS_EC2_METADATA_SERVICE_ENDPOINT"] = Endpoint.ToString(),
        ["AWS_EC2_METADATA_DISABLED"] = "false",
    };

    public async ValueTask DisposeAsync()
    {
        _listener.Close();
        await _serving;
    }

    private async Task ServeAsync()
    {
        while (true)
        {
            try
            {
                var context = await _listener.GetContextAsync();
                using var reader = new StreamReader(context.Request.InputStream);
                var (status, body) = _answer(new LoopbackRequest(
                    context.Request.HttpMethod,
                    context.Request.RawUrl!,
                    name => context.Request.Headers[name],
                    await reader.ReadToEndAsync()));
                context.Response.StatusCode = (int)status;
                context.Response.Close(Encoding.UTF8.GetBytes(body), willBlock: false);
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException or IOException)
            {
                if (!_listener.IsListening) return;
            }
        }
    }
}
