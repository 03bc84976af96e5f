using System.Text.Json;
using System.Text.Json.Serialization;
using ClamBucketFleet.Bench.Groups;

namespace ClamBucketFleet.Bench.Report;

/// <summary>All that a run came to.</summary>
internal sealed record Results(
    string Command, Machine Machine, DateTimeOffset At, ulong Seed, int Rounds, double Scale, IReadOnlyList<Row> Rows, IReadOnlyList<Series> Series)
{
    private const double MemoryTarget = 150;

    // What was not measured is NaN, for which JSON has no number.
    private static readonly JsonSerializerOptions Json = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    /// <summary>Over every daemon that ran as it is shipped, whatever it ran on; null where none did.</summary>
    public static Row? MemoryRow(IReadOnlyList<Series> series)
    {
        var peaks = series.SelectMany(one => one.Samples.Select(sample => (one, sample.PeakMemory)))
            .Where(peak => !double.IsNaN(peak.PeakMemory) && double.IsNaN(peak.one.Samples[0].Allocated)).ToArray();
        if (peaks.Length == 0)
            return null;
        var most = peaks.MaxBy(peak => peak.PeakMemory);
        var mebibytes = most.PeakMemory / (1 << 20);
        return new Row(
            "peak resident memory of the daemon, any corpus", mebibytes, mebibytes, mebibytes, MemoryTarget, AtLeast: false, "MiB",
            $"the most of all runs: {most.one.Scenario}, {most.one.Arm}");
    }

    /// <summary>Those of an earlier run.</summary>
    public static Results Read(string directory) =>
        JsonSerializer.Deserialize<Results>(File.ReadAllText(FileIn(directory)), Json)!;

    public void Write(string directory)
    {
        Directory.CreateDirectory(directory);
        File.WriteAllText(FileIn(directory), JsonSerializer.Serialize(this, Json) + "\n");
        File.WriteAllText(Path.Combine(directory, "README.md"), MarkdownReport.Of(this));
        foreach (var plot in Plots.Of(Series))
            File.WriteAllText(Path.Combine(directory, plot.File), plot.Svg);
    }

    private static string FileIn(string directory) => Path.Combine(directory, "results.json");
}
