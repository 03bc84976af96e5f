using System.Text.Json;
using ClamBucketFleet.TestKit;

namespace ClamBucketFleet.Stack.Tests;

/// <summary>The aws CLI, as users call it, against one moto.</summary>
public sealed class AwsCli(MotoServer moto)
{
    /// <returns>What it printed; an undefined element where that is nothing.</returns>
    /// <exception cref="InvalidOperationException">It failed; the message is what it said.</exception>
    public async Task<JsonElement> RunAsync(CancellationToken cancellationToken, params string[] arguments)
    {
        var result = await TryAsync(cancellationToken, arguments);
        if (result.ExitCode != 0)
            throw new InvalidOperationException($"aws {string.Join(' ', arguments)}: {result.Error.Trim()}");
        return result.Output.Trim() is { Length: > 0 } text ? JsonElement.Parse(text) : default;
    }

    public Task<CommandResult> TryAsync(CancellationToken cancellationToken, params string[] arguments)
    {
        // Version 1 of the CLI has services that do not heed AWS_ENDPOINT_URL.
        string[] all = ["--endpoint-url", moto.Endpoint.ToString(), "--output", "json", .. arguments];
        var environment = moto.EnvironmentVariables.ToDictionary(pair => pair.Key, pair => (string?)pair.Value);
        environment["AWS_PAGER"] = "";
        environment["AWS_CONFIG_FILE"] = environment["AWS_SHARED_CREDENTIALS_FILE"] = "/dev/null";
        environment["AWS_PROFILE"] = null;
        return new Command(Command.Require("aws"), all) { Environment = environment }.RunAsync(cancellationToken);
    }
}
