using System.Diagnostics.Metrics;

namespace ClamBucketFleet.Pipeline;

/// <summary>What one update of the definitions tells to whoever collects metrics.</summary>
public sealed class UpdateMetrics : IDisposable
{
    private readonly Meter _meter = new(FleetMetrics.Name);
    private readonly Counter<long> _updates;
    private readonly TimeProvider _time;

    public UpdateMetrics(TimeProvider time)
    {
        _time = time;
        _updates = _meter.CreateCounter<long>("clambucketfleet.definitions.updates", "{update}", "Updates of the definitions, by result.");
        _meter.CreateObservableGauge("clambucketfleet.definitions.age", Age, "s", "Age of the definitions in use.");
    }

    /// <summary>When the definitions in use were published; null where there are none.</summary>
    public DateTimeOffset? Definitions { get; set; }

    /// <param name="result">In a word.</param>
    public void Count(string result) => _updates.Add(1, new KeyValuePair<string, object?>("result", result));

    public void Dispose() => _meter.Dispose();

    private IEnumerable<Measurement<double>> Age() =>
        Definitions is { } published ? [new((_time.GetUtcNow() - published).TotalSeconds)] : [];
}
