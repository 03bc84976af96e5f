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
        var command = new Command(Command.Require("aws"), [.. endpoint, "--output", "json", .. arguments])
        {
            Environment = server?.EnvironmentVariables.ToDictionary(pair => pair.Key, string? (pair) => pair.Value) ?? [],
        };
        var result = await command.RunAsync(cancellationToken);
        if (result.ExitCode != 0)
            throw new InvalidOperationException($"aws {string.Join(' ', arguments)} ended with {result.ExitCode}: {result.Error}");
        using var answer = JsonDocument.Parse(result.Output.Length > 0 ? result.Output : "{}");
        return answer.RootElement.Clone();
    }
}
