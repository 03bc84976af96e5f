using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using ClamBucketFleet.Daemon.Cli;
using ClamBucketFleet.Options;
using ClamBucketFleet.Pipeline;
using Microsoft.Extensions.Logging;

namespace ClamBucketFleet.Daemon.Hosting;

/// <summary>
/// Tells the CloudFormation stack that made this machine, once, that it works or why it does not: a wait condition of
/// the stack waits for that.
/// </summary>
/// <remarks>https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-waitcondition.html</remarks>
internal sealed class StackSignal : IDisposable
{
    /// <summary>Longer than a boot with a first update of the definitions takes, shorter than the stack waits.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromMinutes(12);

    // For a start that comes late: of a machine that was restarted, say.
    private static readonly TimeSpan ShortestLimit = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan ShortestWait = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(8);
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(10);
    private const int Tries = 5;
    private const int LongestReason = 250;

    private readonly HttpClient _http = new() { Timeout = AnswerLimit };
    private readonly Uri _url;
    private readonly string _mark;
    private readonly DateTimeOffset _since;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private bool _isOver;

    private StackSignal(Uri url, string mark, DateTimeOffset since, ILogger logger, TimeProvider time) =>
        (_url, _mark, _since, _logger, _time) = (url, mark, since, logger, time);

    /// <summary>What user data has written; null where there is nothing, or it was answered already.</summary>
    public static StackSignal? Find(ILogger logger, TimeProvider time) => Find(
        Place("CONFIGURATION_DIRECTORY", "/etc/clambucketfleet"), Place("STATE_DIRECTORY", "/var/lib/clambucketfleet"), logger, time);

    /// <inheritdoc cref="Find(ILogger, TimeProvider)"/>
    public static StackSignal? Find(string configuration, string state, ILogger logger, TimeProvider time)
    {
        var path = Path.Combine(configuration, "stack-signal");
        var mark = Path.Combine(state, "stack-signalled");
        try
        {
            if (!File.Exists(path))
                return null;
            var text = File.ReadAllText(path).Trim();

            // What is signed must reach S3 as it is.
            if (!Uri.TryCreate(text, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }, out var url)
                || url.Scheme is not ("http" or "https"))
            {
                Log.NoSignalUrl(logger, path);
                return null;
            }

            return File.Exists(mark) && File.ReadAllText(mark).Trim() == Hash(text)
                ? null
                : new StackSignal(url, mark, File.GetLastWriteTimeUtc(path), logger, time);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Log.NotSignalled(logger, e.Message);
            return null;
        }
    }

    /// <summary>Signals success when the start is over, or failure when that takes too long.</summary>
    /// <param name="state">What it does or waits for.</param>
    /// <param name="started">Cancelled when the daemon is ready.</param>
    /// <param name="cancellationToken">Nobody waits for the answer any more.</param>
    public async Task WatchAsync(Func<string> state, CancellationToken started, CancellationToken cancellationToken)
    {
        var age = _time.GetUtcNow() - _since;
        var left = age < TimeSpan.Zero ? Limit : Limit - age;
        using var either = CancellationTokenSource.CreateLinkedTokenSource(started, cancellationToken);
        await Task.Delay(left > ShortestLimit ? left : ShortestLimit, _time, either.Token)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (started.IsCancellationRequested)
            await SendAsync("SUCCESS", $"Ready: {state()}", cancellationToken).ConfigureAwait(false);
        else if (!cancellationToken.IsCancellationRequested)
            await FailAsync($"Not ready {ValueParser.Duration(Limit)} after its boot. {state()}", cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Signals that this machine will not work.</summary>
    public Task FailAsync(string reason, CancellationToken cancellationToken) => SendAsync("FAILURE", reason, cancellationToken);

    public void Dispose() => _http.Dispose();

    // Never throws: the work does not depend on it.
    private async Task SendAsync(string status, string reason, CancellationToken cancellationToken)
    {
        if (_isOver)
            return;
        reason = SafeText.Printable(reason.Trim().ReplaceLineEndings(" "));
        var body = Body(status, reason.Length <= LongestReason ? reason : $"{reason[..(LongestReason - 1)]}…");
        var wait = new Backoff(ShortestWait, LongestWait);
        for (var tries = 1; ; tries++)
        {
            string error;
            try
            {
                // S3 compares the type with what was signed, which is none.
                using var content = new ByteArrayContent(body);
                using var answer = await _http.PutAsync(_url, content, cancellationToken).ConfigureAwait(false);
                if (IsFinal(answer.StatusCode, status))
                {
                    _isOver = true;
                    Mark();
                    return;
                }

                error = $"HTTP {(int)answer.StatusCode}";
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e) when (e is HttpRequestException or OperationCanceledException or IOException)
            {
                error = e.Message;
            }

            if (tries == Tries)
            {
                Log.NotSignalled(_logger, error);
                return;
            }

            await Task.Delay(wait.Next(), _time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private bool IsFinal(HttpStatusCode answer, string status)
    {
        if ((int)answer is >= 200 and < 300)
        {
            Log.Signalled(_logger, status);
            return true;
        }

        if (answer is HttpStatusCode.Forbidden)
            Log.SignalTooLate(_logger);
        return answer is HttpStatusCode.Forbidden;
    }

    private void Mark()
    {
        try
        {
            File.WriteAllText(_mark, Hash(_url.OriginalString));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Log.NotMarked(_logger, e.Message);
        }
    }

    private static byte[] Body(string status, string reason)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            json.WriteString("Status", status);
            json.WriteString("UniqueId", InstanceName.Read());
            json.WriteString("Data", $"clambucketfleet {VersionReport.Program}");
            json.WriteString("Reason", reason);
            json.WriteEndObject();
        }

        return stream.ToArray();
    }

    // An image that was made of this machine has another stack's address.
    private static string Hash(string url) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(url)));

    // systemd names several directories with colons between.
    private static string Place(string variable, string otherwise) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } named ? named.Split(':')[0] : otherwise;
}
