using ClamBucketFleet.TestKit;
using Shouldly;

namespace ClamBucketFleet.Daemon.Tests.Run;

/// <summary><c>clambucketfleet run</c> as a process.</summary>
internal sealed class RunningDaemon(ChildProcess process) : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public ChildProcess Process { get; } = process;

    /// <summary>Every line that it logged so far.</summary>
    public IReadOnlyList<string> Log => Process.Error.Lines;

    public IEnumerable<string> Errors => Log.Where(line => line.Contains(" error ", StringComparison.Ordinal));

    public IEnumerable<string> Warnings => Log.Where(line => line.Contains(" warn ", StringComparison.Ordinal));

    public Task<string> LogsAsync(string text, CancellationToken cancellationToken)
        => Process.WaitForLineAsync(text, Patience, cancellationToken);

    public Task IsReadyAsync(CancellationToken cancellationToken) => LogsAsync("Ready: ", cancellationToken);

    /// <summary>Waits for its end, which must be without an error.</summary>
    public async Task EndsWellAsync(CancellationToken cancellationToken)
        => (await Process.WaitForExitAsync(cancellationToken)).ShouldBe(0, Process.Error.ToString());

    /// <summary>SIGTERM, and exit code 0.</summary>
    public async Task StopsWellAsync(CancellationToken cancellationToken)
    {
        Process.Send(Signal.Terminate);
        await EndsWellAsync(cancellationToken);
    }

    public Task KillAsync() => Process.KillAsync();

    /// <summary>The most memory that it ever had resident, in bytes.</summary>
    public async Task<long> PeakMemoryAsync(CancellationToken cancellationToken)
    {
        var status = await File.ReadAllLinesAsync($"/proc/{Process.Id}/status", cancellationToken);
        var peak = status.Single(line => line.StartsWith("VmHWM:", StringComparison.Ordinal));
        return long.Parse(peak.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]) * 1024;
    }

    public ValueTask DisposeAsync() => Process.DisposeAsync();
}
