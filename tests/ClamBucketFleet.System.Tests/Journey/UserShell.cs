using System.Text.Json;
using ClamBucketFleet.SystemTests.Machines;
using ClamBucketFleet.TestKit;
using Shouldly;

namespace ClamBucketFleet.SystemTests.Journey;

/// <summary>
/// The shell of a user at the top of the repository, within the network that AWS is in. What one call sets, the next one has.
/// </summary>
internal sealed class UserShell : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly Network _network;
    private readonly string _state;
    private readonly string _variables;

    /// <param name="network">Where AWS is.</param>
    /// <param name="variables">Names of what lasts from call to call; functions last anyhow.</param>
    public UserShell(Network network, IEnumerable<string> variables)
    {
        _network = network;
        _variables = string.Join(' ', variables);
        _state = _directory.Write("state", []);
        // The one thing that a user of the real AWS does not have. Version 1 of the CLI has services that do not heed
        // AWS_ENDPOINT_URL.
        var aws = _directory.Write("aws", System.Text.Encoding.UTF8.GetBytes(
            $"#!/bin/sh\nexec '{Command.Require("aws")}' --endpoint-url {Cloud.Endpoint} \"$@\"\n"));
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(aws, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        // The examples lead to files of the repository by their paths in it; what is written goes elsewhere.
        Directory.CreateSymbolicLink(_directory.Combine("cloudformation"), Repository.Combine("cloudformation"));
    }

    /// <summary>Runs what a user types; it must succeed; gives what it prints.</summary>
    public async Task<string> RunAsync(string typed, CancellationToken cancellationToken)
    {
        var command = _network.Inside(
            "/bin/bash", "-c", $$"""
            set -euo pipefail
            source {{_state}}
            {{typed}}
            { declare -f; declare -p {{_variables}} 2>/dev/null || true; } >{{_state}}
            """) with
        {
            WorkingDirectory = _directory.Path,
            Environment = new Dictionary<string, string?>
            {
                ["PATH"] = $"{_directory.Path}:{Environment.GetEnvironmentVariable("PATH")}",
                ["AWS_ACCESS_KEY_ID"] = "test",
                ["AWS_SECRET_ACCESS_KEY"] = "test",
                ["AWS_PAGER"] = "",
                ["AWS_CONFIG_FILE"] = "/dev/null",
                ["AWS_SHARED_CREDENTIALS_FILE"] = "/dev/null",
                ["AWS_DEFAULT_REGION"] = Cloud.Region,
            },
        };
        var result = await command.RunAsync(cancellationToken);
        result.ExitCode.ShouldBe(0, $"{typed}\n{result.Output}{result.Error}");
        return result.Output;
    }

    /// <summary>Asks AWS something.</summary>
    public async Task<JsonElement> AskAsync(string command, CancellationToken cancellationToken)
        => await RunAsync($"aws {command} --output json", cancellationToken) is { Length: > 0 } answer
            ? JsonElement.Parse(answer)
            : default;

    public void Dispose() => _directory.Dispose();
}
