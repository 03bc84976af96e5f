using ClamBucketFleet.Bench.Corpora;
using ClamBucketFleet.Bench.Runs;
using ClamBucketFleet.TestKit;

namespace ClamBucketFleet.Bench.Groups;

/// <summary>The limit at several numbers of connections; what counts is the best of them.</summary>
internal static class Limits
{
    private const string Prefix = "limit, ";

    public static IEnumerable<Arm> Arms(ClamdServer clamd, Corpus corpus, params IEnumerable<int> perProcessor) =>
        perProcessor.Select(factor => factor * Environment.ProcessorCount).Select(connections => new Arm(
            $"{Prefix}{connections} connections", token => new LimitRun(clamd, corpus, connections).RunAsync(token)));

    public static Series Best(IReadOnlyList<Series> series) => BestOrNone(series)!;

    public static Series? BestOrNone(IReadOnlyList<Series> series) =>
        series.Where(one => one.Arm.StartsWith(Prefix, StringComparison.Ordinal)).MaxBy(one => one.Median(sample => sample.ObjectsPerSecond));

    public static Series Arm(this IReadOnlyList<Series> series, string name) => series.Single(one => one.Arm == name);
}
