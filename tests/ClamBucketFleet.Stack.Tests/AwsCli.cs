using System.Text.Json;
using ClamBucketFleet.TestKit;

namespace ClamBucketFleet.Stack.Tests;

/// <summary>The operations of AWS, by the aws CLI's names and options, on one moto.</summary>
public sealed class AwsCli : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);

    private readonly Dictionary<string, string?> _environment;
    private readonly MotoServer _moto;
    private readonly HttpClient _http = new() { DefaultRequestHeaders = { ConnectionClose = true } };

    // moto is not made for requests that change things at the same time.
    private readonly SemaphoreSlim _turn = new(1);
    private ChildProcess? _asked;
    private Uri? _address;

    public AwsCli(MotoServer moto)
    {
        _moto = moto;
        _environment = moto.EnvironmentVariables.ToDictionary(pair => pair.Key, pair => (string?)pair.Value);
        _environment["AWS_PAGER"] = "";
        _environment["AWS_CONFIG_FILE"] = _environment["AWS_SHARED_CREDENTIALS_FILE"] = "/dev/null";
        _environment["AWS_PROFILE"] = null;
    }

    /// <summary>Starts what answers <see cref="AskAsync"/>: a CLI started for each question would take most of the tests' time.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        _asked = (MotoServer.Python("ask.py") with { Environment = _environment }).Start();
        var line = await _asked.WaitForLineAsync("Running on ", StartLimit, cancellationToken);
        _address = new Uri(line[line.IndexOf("http://", StringComparison.Ordinal)..]);
    }

    /// <exception cref="InvalidOperationException">It failed; the message is what the service said.</exception>
    public async Task<JsonElement> AskAsync(CancellationToken cancellationToken, params string[] arguments)
    {
        var result = await TryAskAsync(cancellationToken, arguments);
        return result.ExitCode == 0
            ? JsonElement.Parse(result.Output)
            : throw new InvalidOperationException($"aws {string.Join(' ', arguments)}: {result.Error}");
    }

    public async Task<CommandResult> TryAskAsync(CancellationToken cancellationToken, params string[] arguments)
    {
        using var question = new StringContent(JsonSerializer.Serialize(arguments));
        await _turn.WaitAsync(cancellationToken);
        try
        {
            using var answer = await _http.PostAsync(_address, question, cancellationToken);
            var text = await answer.Content.ReadAsStringAsync(cancellationToken);
            return answer.IsSuccessStatusCode ? new CommandResult(0, text, "") : new CommandResult(1, "", text);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>The CLI itself, as users call it.</summary>
    public async Task<CommandResult> RunAsync(CancellationToken cancellationToken, params string[] arguments)
    {
        // Version 1 of the CLI has services that do not heed AWS_ENDPOINT_URL.
        string[] all = ["--endpoint-url", _moto.Endpoint.ToString(), "--output", "json", .. arguments];
        await _turn.WaitAsync(cancellationToken);
        try
        {
            return await new Command(Command.Require("aws"), all) { Environment = _environment }.RunAsync(cancellationToken);
        }
        finally
        {
            _turn.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        _turn.Dispose();
        if (_asked is not null) await _asked.DisposeAsync();
    }
}
