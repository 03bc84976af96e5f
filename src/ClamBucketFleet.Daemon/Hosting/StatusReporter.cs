using System.Globalization;
using ClamBucketFleet.Pipeline;
using Microsoft.Extensions.Hosting.Systemd;
using Microsoft.Extensions.Logging;

namespace ClamBucketFleet.Daemon.Hosting;

/// <summary>Keeps the status line of <c>systemctl status</c> true.</summary>
internal sealed class StatusReporter(
    ISystemdNotifier notifier,
    ScannerFitness fitness,
    FleetCounters counters,
    ILogger<StatusReporter> logger,
    TimeProvider time)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private string _said = "";

    /// <summary>Sends a line, where it is not the one that stands there.</summary>
    public void Say(string line)
    {
        if (Interlocked.Exchange(ref _said, line) == line)
            return;
        Log.Status(logger, line);
        notifier.Notify(new ServiceState($"STATUS={line.ReplaceLineEndings(" ")}"));
    }

    /// <summary>Looks once a second until it is told to stop.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken).ConfigureAwait(false))
                Say(Line());
        }
        catch (OperationCanceledException)
        {
            Say($"Stopped: {counters}");
        }
    }

    private string Line() => fitness.Unfitness is { } reason
        ? $"No work is taken: {reason}"
        : string.Create(CultureInfo.InvariantCulture,
            $"{counters}, definitions {fitness.Engine?.DefinitionsVersion} of {fitness.Engine?.DefinitionsPublished:yyyy-MM-dd}");
}
