using ClamBucketFleet.Bench.Corpora;
using ClamBucketFleet.Bench.Runs;

namespace ClamBucketFleet.Bench.Groups;

/// <summary>The other engine: 100 objects waiting, against a clamscan for each.</summary>
internal static class ClamscanGroup
{
    private const int Objects = 100, OneByOne = 2;

    public static async Task<GroupResult> RunAsync(Bench bench, int rounds, Action<string> tell, CancellationToken cancellationToken)
    {
        var definitions = bench.RealisticDefinitions;
        await bench.StopClamdAsync();
        var corpus = bench.Corpus("waiting", path => CorpusBuilder.Small(path, bench.Seed, bench.Scaled(Objects)));
        var all = Bench.All(corpus);
        var few = all with { Messages = OneByOne };
        Arm[] arms =
        [
            new("daemon, clamscan", token => new DaemonRun(bench.Daemon(null, definitions), corpus, all).RunAsync(token), Rounds: 1),
            new("one by one, clamscan", token => new OneByOneRun(bench.Stub, corpus, few, Scanners.Clamscan(definitions)).RunAsync(token), Rounds: 1),
        ];
        var series = await new Scenario("clamscan", arms).RunAsync(Math.Min(1, rounds), tell, cancellationToken);
        return new GroupResult(series,
        [
            Row.Ratio(
                "clamscan engine ÷ one by one with clamscan, realistic definitions, 100 waiting", series.Arm("daemon, clamscan"),
                series.Arm("one by one, clamscan"), sample => sample.ObjectsPerSecond, 20, note: $"one by one extrapolated from {OneByOne} objects; one round"),
        ]);
    }
}
