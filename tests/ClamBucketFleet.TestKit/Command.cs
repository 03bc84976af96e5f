using System.Diagnostics;

namespace ClamBucketFleet.TestKit;

/// <summary>A program with its arguments and what differs in its environment; a null value takes a variable away.</summary>
public sealed record Command(string Path, params IReadOnlyList<string> Arguments)
{
    public IReadOnlyDictionary<string, string?> Environment { get; init; } = new Dictionary<string, string?>();

    public string? WorkingDirectory { get; init; }

    public ChildProcess Start() => ChildProcess.Start(this);

    /// <summary>Runs it to its end; cancelled, it is ended.</summary>
    public async Task<CommandResult> RunAsync(CancellationToken cancellationToken)
    {
        await using var process = Start();
        var exitCode = await process.WaitForExitAsync(cancellationToken);
        return new CommandResult(exitCode, process.Output.ToString(), process.Error.ToString());
    }

    /// <summary>Where a program is in PATH, in the system's directories (clamd is) or in the project's own tools.</summary>
    public static string? Find(string program)
        => (System.Environment.GetEnvironmentVariable("PATH") ?? "").Split(':')
            .Append("/usr/sbin")
            .Append(Repository.Combine(".tools", "venv", "bin"))
            .Select(directory => System.IO.Path.Combine(directory, program))
            .FirstOrDefault(File.Exists);

    /// <inheritdoc cref="Find"/>
    /// <exception cref="FileNotFoundException">It is in none of them.</exception>
    public static string Require(string program)
        => Find(program) ?? throw new FileNotFoundException($"{program} is not installed: scripts/install-tools.sh does it");

    internal ProcessStartInfo ToStartInfo()
    {
        var start = new ProcessStartInfo(Path, Arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = WorkingDirectory ?? "",
        };
        foreach (var (name, value) in Environment) start.Environment[name] = value;
        return start;
    }
}

public sealed record CommandResult(int ExitCode, string Output, string Error);
