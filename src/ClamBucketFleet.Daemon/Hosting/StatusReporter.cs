using System.Globalization;
using ClamBucketFleet.Options;
using ClamBucketFleet.Pipeline;
using Microsoft.Extensions.Logging;

namespace ClamBucketFleet.Daemon.Hosting;

/// <summary>Keeps the status line of <c>systemctl status</c> true.</summary>
internal sealed class StatusReporter(
    ServiceManager systemd,
    CurrentOptions current,
    ScannerFitness fitness,
    FleetCounters counters,
    Liveness liveness,
    DrainOrder order,
    ILogger<StatusReporter> logger,
    TimeProvider time)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private string _said = "";
    private bool _isLate;
    private volatile Stage _stage = new Starting();

    /// <summary>Why the configuration that was read last does not hold; null where it does.</summary>
    public string? ReloadFailure { get; set; }

    /// <summary>Work is taken from now on.</summary>
    public void IsReady() => _stage = new Ready();

    /// <summary>No more work is taken; what is begun gets some time to end.</summary>
    public void Drains() => _stage = new Draining();

    /// <summary>The line as it is now.</summary>
    public string Current => Line();

    /// <summary>That time is over.</summary>
    public void Abandons() => _stage = new Abandoning();

    /// <summary>Looks once a second until it is told to stop.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        try
        {
            do
                Look();
            while (await timer.WaitForNextTickAsync(cancellationToken).ConfigureAwait(false));
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
        Say(late ?? (ReloadFailure is { } failure ? $"Reload failed: {failure}; {Line()}" : Line()));
    }

    private void Say(string line)
    {
        if (Interlocked.Exchange(ref _said, line) == line)
            return;
        Log.Status(logger, line);
        systemd.Tell($"STATUS={line.ReplaceLineEndings(" ")}");
    }

    private string Line() => _stage switch
    {
        Abandoning => $"Handing back {counters.InWork} {(counters.InWork == 1 ? "message" : "messages")}",
        Draining => string.Create(
            CultureInfo.InvariantCulture,
            $"Draining{Reason()}: {counters.InWork} in work, up to {Math.Ceiling(order.Left.TotalSeconds):0} s left"),
        Starting when counters.QueueTrouble is { } trouble => $"Waiting for the queue: {trouble}",
        Starting when fitness.Unfitness is { } reason => $"Waiting for {Engine()}: {reason}",
        Starting => "Starting",
        _ when fitness.Unfitness is { } reason => $"No work is taken: {reason}",
        _ when counters.QueueTrouble is { } trouble => $"The queue cannot be reached: {trouble} ({counters})",
        _ => $"{counters}, {DefinitionsText.Of(fitness.Engine)}",
    };

    private string Reason() => order.Cause is { } cause ? $" for {cause.Words}" : "";

    private string Engine() => current.Value.Scan.Engine switch
    {
        EngineKind.Clamd => "clamd",
        EngineKind.Clamscan => "clamscan",
        _ => "clamd or clamscan",
    };

    private abstract record Stage;

    private sealed record Starting : Stage;

    private sealed record Ready : Stage;

    private sealed record Draining : Stage;

    private sealed record Abandoning : Stage;
}
