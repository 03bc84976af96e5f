using System.Text;
using ClamBucketFleet.Bench.Groups;
using ClamBucketFleet.Bench.Runs;

namespace ClamBucketFleet.Bench.Report;

/// <summary>The page for people.</summary>
internal static class MarkdownReport
{
    public static string Of(Results results)
    {
        var page = new StringBuilder();
        page.Append("# Benchmark\n\n<!-- Written by make bench. -->\n\n");
        page.Append($"`{results.Command}` on {results.Machine}; {results.At:yyyy-MM-dd HH:mm} UTC; rounds {results.Rounds}, seed {results.Seed}{(results.Scale < 1 ? $", {results.Scale:0%} of the objects" : "")}.\n\n");
        if (results.Machine.IsLoaded)
            page.Append("**Other work ran on this machine right before the start: the figures are provisional, and ratios mean more than rates.**\n\n");
        page.Append("The limit is clamd itself: the same bytes from memory into `INSTREAM`, at the best of several numbers of connections.\n");
        page.Append("Medians of the rounds, with the least and the most of them.\n\n");
        page.Append("| | measured | rounds | to reach | |\n| --- | --- | --- | --- | --- |\n");
        foreach (var row in results.Rows)
        {
            var note = row.Note.Length > 0 ? $" ({row.Note})" : "";
            page.Append($"| {row.Name}{note} | {row.ValueText} | {row.SpreadText} | {row.TargetText} | {(row.Reached ? "reached" : "**not reached**")} |\n");
        }

        page.Append("\n## Every arm\n\n");
        page.Append("CPU is milliseconds an object, from the kernel's accounting. In work is the time from a message's first receipt to its deletion;\n");
        page.Append("from event also counts its time in the queue, which is full from the start. Ratios are of objects/s, in large and mixed of MB/s.\n\n");
        page.Append("| | objects/s | MB/s | ÷ limit | ÷ one by one | daemon's CPU | clamd's CPU | stub's CPU | peak MiB | KB allocated an object | in work p50, p99 ms | from event p50, p99 ms |\n");
        page.Append("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |\n");
        foreach (var series in results.Series)
        {
            page.Append($"| {series.Scenario}: {series.Arm} | {Spread(series, sample => sample.ObjectsPerSecond)} | {Spread(series, sample => sample.MegabytesPerSecond)} ");
            page.Append($"| {Over(series, Limit(series, results))} | {Over(series, OneByOne(series, results))} ");
            page.Append($"| {Middle(series, sample => sample.DaemonCpu)} | {Middle(series, sample => sample.ClamdCpu)} | {Middle(series, sample => sample.StubCpu)} ");
            page.Append($"| {Middle(series, sample => sample.PeakMemory / (1 << 20))} | {Middle(series, sample => sample.Allocated / 1000)} ");
            page.Append($"| {Pair(series, sample => sample.WorkP50, sample => sample.WorkP99)} | {Pair(series, sample => sample.EventP50, sample => sample.EventP99)} |\n");
        }

        page.Append('\n');
        foreach (var plot in Plots.Of(results.Series))
            page.Append($"![{plot.Title}]({plot.File})\n\n");
        page.Append(Method);
        return page.ToString();
    }

    private const string Slow = ", 30 ms";

    private const string Method = """
        ## How it is measured

        - AWS is a stub in a process of its own, which shares the processors with what is measured. `30 ms` is 30 ms before each
          answer of every service and 80 MB/s a stream.
        - The daemon is the published program (`make deb`), started before the queue opens, and ready then. Its clock runs from the
          first receipt to the last deletion, as the stub saw them; its CPU from the opening to the last deletion.
        - clamd has the package's `clamd.conf`, with as many threads as the package chooses, and no cache of clean contents.
        - Bytes allocated are those of an untrimmed build with a startup hook that reads the runtime's own counter.
        - A run with a wrong verdict, a lost or repeated message, a second GET, or a request too many ends the benchmark without figures.
        - Everything is generated from the seed.

        [Where the rest of the time goes](profile.md), and what was tried.

        """;

    private static Series? Limit(Series series, Results results) =>
        Limits.BestOrNone([.. results.Series.Where(other => other.Scenario == series.Scenario)]);

    // With the same latency, where there is one.
    private static Series? OneByOne(Series series, Results results)
    {
        var latency = series.Arm.EndsWith(Slow, StringComparison.Ordinal);
        return results.Series.FirstOrDefault(other => other.Scenario == series.Scenario
            && other.Arm.StartsWith("one by one", StringComparison.Ordinal) && other.Arm.EndsWith(Slow, StringComparison.Ordinal) == latency);
    }

    private static string Over(Series series, Series? under)
    {
        if (under is null || under == series)
            return "";
        var rate = Plots.RateOf(series.Scenario);
        return Row.Text(series.Median(rate) / under.Median(rate));
    }

    private static string Spread(Series series, Func<Sample, double> figure) => series.Samples.Count > 1
        ? $"{Row.Text(series.Median(figure))} ({Row.Text(series.Least(figure))} to {Row.Text(series.Most(figure))})"
        : Middle(series, figure);

    private static string Middle(Series series, Func<Sample, double> figure) =>
        series.Median(figure) is var value && double.IsNaN(value) ? "" : Row.Text(value);

    private static string Pair(Series series, Func<Sample, double> first, Func<Sample, double> second) =>
        Middle(series, first) is { Length: > 0 } text ? $"{text}, {Middle(series, second)}" : "";
}
