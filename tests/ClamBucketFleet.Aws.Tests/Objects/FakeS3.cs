using System.Globalization;
using System.Net;
using System.Text;
using Amazon.Runtime;
using Amazon.S3;
using ClamBucketFleet.Aws.Objects;
using ClamBucketFleet.TestKit;

namespace ClamBucketFleet.Aws.Tests.Objects;

/// <summary>One answer of <see cref="FakeS3"/>.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="Body">The whole body.</param>
/// <param name="Headers">Beside the length.</param>
/// <param name="Sent">Bytes of the body that are sent before the connection is cut; null for all.</param>
internal sealed record FakeAnswer(int Status, byte[] Body, Dictionary<string, string> Headers, int? Sent = null)
{
    /// <summary>An error as S3 words it.</summary>
    public static FakeAnswer Error(int status, string code, string message = "No.") => new(
        status,
        Encoding.UTF8.GetBytes($"<Error><Code>{code}</Code><Message>{message}</Message></Error>"),
        new() { ["Content-Type"] = "application/xml" });

    /// <summary>The rest of an object that the request's range asks for.</summary>
    public static FakeAnswer Rest(
        HttpListenerRequest request,
        byte[] content,
        string etag,
        int? sent = null,
        string? versionId = null)
    {
        var from = int.Parse(request.Headers["Range"]!["bytes=".Length..^1], CultureInfo.InvariantCulture);
        var headers = new Dictionary<string, string>
        {
            ["ETag"] = $"\"{etag}\"",
            ["Content-Range"] = $"bytes {from}-{content.Length - 1}/{content.Length}",
        };
        if (versionId is not null)
            headers["x-amz-version-id"] = versionId;
        return new FakeAnswer(206, content[from..], headers, sent);
    }
}

/// <summary>A loopback server that says what real S3 says and moto does not.</summary>
internal sealed class FakeS3 : IDisposable
{
    private readonly HttpListener _listener;
    private readonly Func<HttpListenerRequest, FakeAnswer> _answer;
    private readonly S3Client _s3;
    private readonly List<string> _seen = [];

    public FakeS3(Func<HttpListenerRequest, FakeAnswer> answer)
    {
        _answer = answer;
        (_listener, var port) = Listen();
        _s3 = new S3Client(new BasicAWSCredentials("test", "test"), new AmazonS3Config
        {
            ServiceURL = $"http://127.0.0.1:{port}",
            AuthenticationRegion = "eu-west-1",
            ForcePathStyle = true,
            MaxErrorRetry = 1,
            ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED,
        });
        Store = new S3ObjectStore(_s3, new ImpatientTime());
        _ = ServeAsync();
    }

    public S3ObjectStore Store { get; }

    /// <summary>Method, query, Range and If-Match of each request so far.</summary>
    public IReadOnlyList<string> Seen
    {
        get
        {
            lock (_seen)
                return [.. _seen];
        }
    }

    /// <summary>From now on nothing listens.</summary>
    public void Stop() => _listener.Close();

    public void Dispose()
    {
        _listener.Close();
        _s3.Dispose();
    }

    // A listener whose port is taken is closed for good.
    private static (HttpListener Listener, int Port) Listen()
    {
        while (true)
        {
            var port = FreePort.Find();
            var listener = new HttpListener();
            listener.Prefixes.Add($"http://127.0.0.1:{port}/");
            try
            {
                listener.Start();
                return (listener, port);
            }
            catch (HttpListenerException)
            {
            }
        }
    }

    private async Task ServeAsync()
    {
        while (_listener.IsListening)
        {
            try
            {
                await AnswerAsync(await _listener.GetContextAsync());
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException or InvalidOperationException)
            {
            }
        }
    }

    private async Task AnswerAsync(HttpListenerContext context)
    {
        var request = context.Request;
        lock (_seen)
        {
            _seen.Add(
                $"{request.HttpMethod} {request.Url!.Query} {request.Headers["Range"]} {request.Headers["If-Match"]}");
        }

        var answer = _answer(request);
        context.Response.StatusCode = answer.Status;
        foreach (var (name, value) in answer.Headers)
            context.Response.Headers[name] = value;
        context.Response.ContentLength64 = answer.Body.Length;
        if (request.HttpMethod != "HEAD")
            await context.Response.OutputStream.WriteAsync(answer.Body.AsMemory(0, answer.Sent ?? answer.Body.Length));
        if (answer.Sent is null)
        {
            context.Response.Close();
            return;
        }

        await context.Response.OutputStream.FlushAsync();
        context.Response.Abort();
    }
}
