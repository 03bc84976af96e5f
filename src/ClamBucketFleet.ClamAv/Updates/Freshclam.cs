using System.Collections.Concurrent;
using System.ComponentModel;
using CliWrap;
using Microsoft.Extensions.Logging;

namespace ClamBucketFleet.ClamAv;

/// <summary>The program freshclam, as a process.</summary>
internal sealed class Freshclam(string path, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(15);

    // The times that it prints are local ones.
    private static readonly Dictionary<string, string?> Variables = new() { ["LC_ALL"] = "C", ["TZ"] = "UTC" };

    /// <summary>Brings the databases in a directory up to date.</summary>
    /// <param name="directory">Holds databases, and freshclam.dat; gets the new ones.</param>
    /// <param name="configuration">A file beside it that names it.</param>
    /// <exception cref="ScannerUnavailableException">It cannot be started.</exception>
    /// <exception cref="ServiceUnreachableException">It took too long, and was killed.</exception>
    public async Task<FreshclamRun> RunAsync(string directory, string configuration, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(Limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        var lines = new ConcurrentQueue<string>();
        try
        {
            var result = await Cli.Wrap(path)
                .WithArguments([$"--config-file={configuration}", "--stdout"])
                .WithEnvironmentVariables(Variables)
                .WithStandardOutputPipe(PipeTarget.ToDelegate(Take))
                .WithStandardErrorPipe(PipeTarget.ToDelegate(Take))
                .WithValidation(CommandResultValidation.None)
                .ExecuteAsync(either.Token);
            return new FreshclamRun(result.ExitCode, [.. lines], Remembered(directory));
        }
        catch (Win32Exception exception)
        {
            throw new ScannerUnavailableException(
                $"freshclam cannot be started as '{SafeText.Escape(path)}': install it (Debian: apt install clamav-freshclam), or " +
                $"name it with --freshclam. {exception.Message}",
                exception);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new ServiceUnreachableException(
                $"freshclam was killed after {Limit.TotalMinutes} minutes; it said last: " +
                $"'{SafeText.Escape(lines.LastOrDefault() ?? "")}'. Is the connection that slow?");
        }

        void Take(string line)
        {
            lines.Enqueue(line);
            logger.FreshclamSaid(SafeText.Escape(line));
        }
    }

    private static DateTimeOffset? Remembered(string directory)
    {
        var memory = Path.Combine(directory, FreshclamMemory.Name);
        return File.Exists(memory) ? FreshclamMemory.CoolDown(File.ReadAllBytes(memory)) : null;
    }
}
