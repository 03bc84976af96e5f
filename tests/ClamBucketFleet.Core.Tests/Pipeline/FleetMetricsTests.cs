using System.Diagnostics.Metrics;
using ClamBucketFleet.Core.Tests.Fakes;
using ClamBucketFleet.Pipeline;
using Shouldly;
using Xunit;

namespace ClamBucketFleet.Core.Tests.Pipeline;

public sealed class FleetMetricsTests
{
    private readonly Rig _rig = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void Objects_are_counted_by_their_status()
    {
        _rig.Counters.Count(new Infected(["Eicar"]));
        _rig.Counters.Count(new Infected(["Eicar"]));
        _rig.Counters.Count(new Skipped(SkipReason.Gone));
        _rig.Counters.CountFailure();

        var seen = Collect();

        seen["clambucketfleet.objects INFECTED"].ShouldBe(2);
        seen["clambucketfleet.objects SKIPPED"].ShouldBe(1);
        seen["clambucketfleet.objects CLEAN"].ShouldBe(0);
        seen["clambucketfleet.objects PROCESSING_ERROR"].ShouldBe(1);
    }

    [Fact(Timeout = 10_000)]
    public async Task Definitions_that_are_too_old_show_as_their_age_and_as_unfit()
    {
        _rig.Engine.Info = Some.Engine with { DefinitionsPublished = Some.Now - TimeSpan.FromDays(3) };
        await Should.ThrowAsync<DefinitionsTooOldException>(_rig.Fitness.ProveAsync(Token));

        var seen = Collect();

        seen["clambucketfleet.fit "].ShouldBe(0);
        seen["clambucketfleet.definitions.age "].ShouldBe(TimeSpan.FromDays(3).TotalSeconds);
    }

    private Dictionary<string, double> Collect()
    {
        using var metrics = new FleetMetrics(_rig.Counters, _rig.Fitness, _rig.Clock);
        var seen = new Dictionary<string, double>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, own) =>
        {
            if (instrument.Meter.Name == FleetMetrics.Name)
                own.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Note(instrument, value, tags));
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Note(instrument, value, tags));
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Note(instrument, value, tags));
        listener.Start();
        listener.RecordObservableInstruments();
        return seen;

        void Note(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
            seen[$"{instrument.Name} {(tags.Length > 0 ? tags[0].Value : "")}"] = value;
    }
}
