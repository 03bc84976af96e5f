using System.Globalization;
using ClamBucketFleet.Pipeline;
using Microsoft.Extensions.Logging;

namespace ClamBucketFleet.Daemon.Hosting;

/// <summary>Keeps the status line of <c>systemctl status</c> true.</summary>
internal sealed class StatusReporter(
    ServiceManager systemd,
    ScannerFitness fitness,
    FleetCounters counters,
    Liveness liveness,
    ILogger<StatusReporter> logger,
    TimeProvider time)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private string _said = "";
    private bool _isLate;

    /// <summary>Sends a line, where it is not the one that stands there.</summary>
    public void Say(string line)
    {
        if (Interlocked.Exchange(ref _said, line) == line)
            return;
        Log.Status(logger, line);
        systemd.Tell($"STATUS={line.ReplaceLineEndings(" ")}");
    }

    /// <summary>Looks once a second until it is told to stop.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken).ConfigureAwait(false))
                Look();
        }
        catch (OperationCanceledException)
        {
            Say($"Stopped: {counters}");
        }
    }

    private void Look()
    {
        var late = liveness.Late();
        if (late is not null && !_isLate)
            Log.Late(logger, late);
        else if (late is null && _isLate)
            Log.InTimeAgain(logger);
        _isLate = late is not null;
        Say(late ?? Line());
    }

    private string Line() => fitness.Unfitness is { } reason
        ? $"No work is taken: {reason}"
        : string.Create(CultureInfo.InvariantCulture,
            $"{counters}, definitions {fitness.Engine?.DefinitionsVersion} of {fitness.Engine?.DefinitionsPublished:yyyy-MM-dd}");
}
