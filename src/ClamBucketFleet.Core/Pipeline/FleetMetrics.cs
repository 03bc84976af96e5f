using System.Diagnostics.Metrics;

namespace ClamBucketFleet.Pipeline;

/// <summary>What the process tells to whoever collects metrics, read when it is collected.</summary>
public sealed class FleetMetrics : IDisposable
{
    /// <summary>The meter's name.</summary>
    public const string Name = "ClamBucketFleet";

    private readonly Meter _meter = new(Name);

    public FleetMetrics(FleetCounters counters, ScannerFitness fitness, TimeProvider time)
    {
        _meter.CreateObservableCounter("clambucketfleet.objects", counters.ByStatus, "{object}", "Objects done, by status.");
        _meter.CreateObservableGauge("clambucketfleet.in_work", () => counters.InWork, "{message}", "Messages in work.");
        _meter.CreateObservableGauge(
            "clambucketfleet.fit", () => fitness.Unfitness is null ? 1 : 0, null, "1 while work is taken, 0 while the engine is not fit.");
        _meter.CreateObservableGauge(
            "clambucketfleet.definitions.age", () => Age(fitness, time), "s", "Age of the definitions that the engine last told of.");
    }

    public void Dispose() => _meter.Dispose();

    private static IEnumerable<Measurement<double>> Age(ScannerFitness fitness, TimeProvider time) =>
        fitness.Definitions is { } published ? [new((time.GetUtcNow() - published).TotalSeconds)] : [];
}
