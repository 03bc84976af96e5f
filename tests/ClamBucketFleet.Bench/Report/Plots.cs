using ClamBucketFleet.Bench.Runs;

namespace ClamBucketFleet.Bench.Report;

/// <summary>One picture.</summary>
internal sealed record Plot(string File, string Title, string Svg);

/// <summary>The pictures of a run: one a scenario, and the daemon's CPU over all of them.</summary>
internal static class Plots
{
    // Where bytes are what counts.
    private static readonly string[] ByBytes = ["mixed", "large"];

    /// <summary>A scenario's rate, of bytes where these are what counts, else of objects.</summary>
    public static Func<Sample, double> RateOf(string scenario) =>
        InBytes(scenario) ? sample => sample.MegabytesPerSecond : sample => sample.ObjectsPerSecond;

    public static IEnumerable<Plot> Of(IReadOnlyList<Series> series)
    {
        foreach (var scenario in series.GroupBy(one => one.Scenario))
        {
            var title = $"{scenario.Key}: {(InBytes(scenario.Key) ? "MB/s" : "objects/s")}";
            var rate = RateOf(scenario.Key);
            yield return new Plot($"{scenario.Key}.svg", title, BarChart.Svg(title, scenario.Select(one => BarChart.Bar.Of(one.Arm, one, rate))));
        }

        var daemons = series.Where(one => !double.IsNaN(one.Samples[0].DaemonCpu)).ToArray();
        if (daemons.Length == 0)
            yield break;
        const string cpu = "CPU of the daemon, ms an object", latency = "p99 from receipt to deletion, ms";
        yield return new Plot("cpu.svg", cpu, BarChart.Svg(cpu, daemons.Select(one => BarChart.Bar.Of($"{one.Scenario}: {one.Arm}", one, sample => sample.DaemonCpu))));
        yield return new Plot("latency.svg", latency, BarChart.Svg(latency, daemons.Select(one => BarChart.Bar.Of($"{one.Scenario}: {one.Arm}", one, sample => sample.WorkP99))));
    }

    private static bool InBytes(string scenario) => ByBytes.Contains(scenario);
}
