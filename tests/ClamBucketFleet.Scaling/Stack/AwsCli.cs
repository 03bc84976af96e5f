using System.Text.Json;
using ClamBucketFleet.TestKit;

namespace ClamBucketFleet.Scaling.Stack;

/// <summary>The aws command, with JSON as its answer: against a stand-in where one is given, else as the user has set it up.</summary>
public sealed class AwsCli(MotoServer? server)
{
    /// <exception cref="InvalidOperationException">The command failed; the message holds what it said.</exception>
    public async Task<JsonElement> AskAsync(CancellationToken cancellationToken, params string[] arguments)
    {
        // The first version of the CLI takes the endpoint of SQS from nowhere else.
        string[] endpoint = server is null ? [] : ["--endpoint-url", server.Endpoint.ToString()];
        var environment = server?.EnvironmentVariables.ToDictionary(pair => pair.Key, string? (pair) => pair.Value) ?? [];
        environment["AWS_PAGER"] = "";
        if (server is not null)
        {
            // Nothing of the user's own set-up has a part in it.
            environment["AWS_CONFIG_FILE"] = environment["AWS_SHARED_CREDENTIALS_FILE"] = "/dev/null";
            environment["AWS_PROFILE"] = null;
        }

        var command = new Command(Command.Require("aws"), [.. endpoint, "--output", "json", .. arguments]);
        var result = await (command with { Environment = environment }).RunAsync(cancellationToken);
        if (result.ExitCode != 0)
            throw new InvalidOperationException($"aws {string.Join(' ', arguments)} ended with {result.ExitCode}: {result.Error}");
        using var answer = JsonDocument.Parse(result.Output.Length > 0 ? result.Output : "{}");
        return answer.RootElement.Clone();
    }
}
