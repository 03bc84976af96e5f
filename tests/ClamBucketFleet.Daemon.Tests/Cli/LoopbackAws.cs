using System.Net;
using System.Text;
using ClamBucketFleet.TestKit;

namespace ClamBucketFleet.Daemon.Tests.Cli;

/// <summary>A service of AWS that answers every request in one way, for what moto never says.</summary>
internal sealed class LoopbackAws : IDisposable
{
    private readonly HttpListener _listener = new();
    private readonly Func<HttpListenerContext, Task> _answer;

    public LoopbackAws(Func<HttpListenerContext, Task> answer)
    {
        _answer = answer;
        Endpoint = $"http://127.0.0.1:{FreePort.Find()}/";
        _listener.Prefixes.Add(Endpoint);
        _listener.Start();
        _ = ServeAsync();
    }

    public string Endpoint { get; }

    public static LoopbackAws Refusing(int status, string code) => new(async context =>
    {
        var response = context.Response;
        response.StatusCode = status;
        response.ContentType = "application/xml";
        await response.OutputStream.WriteAsync(
            Encoding.UTF8.GetBytes($"<Error><Code>{code}</Code><Message>Please wait</Message></Error>"));
    });

    /// <summary>One object, whose second half comes when the test says so.</summary>
    public static LoopbackAws Halting(byte[] content, Func<Task> inTheMiddle) => new(async context =>
    {
        var response = context.Response;
        var half = content.Length / 2;
        response.StatusCode = 206;
        response.ContentLength64 = content.Length;
        response.Headers["ETag"] = "\"0123456789abcdef0123456789abcdef\"";
        response.Headers["Content-Range"] = $"bytes 0-{content.Length - 1}/{content.Length}";
        await response.OutputStream.WriteAsync(content.AsMemory(0, half));
        await response.OutputStream.FlushAsync();
        await inTheMiddle();
        await response.OutputStream.WriteAsync(content.AsMemory(half));
    });

    public void Dispose() => _listener.Close();

    private async Task ServeAsync()
    {
        try
        {
            while (true)
                _ = AnswerAsync(await _listener.GetContextAsync());
        }
        catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
        {
            // Closed.
        }
    }

    private async Task AnswerAsync(HttpListenerContext context)
    {
        try
        {
            await _answer(context);
            context.Response.Close();
        }
        catch (Exception e) when (e is HttpListenerException or ObjectDisposedException or IOException)
        {
            // Whoever asked has gone.
        }
    }
}
