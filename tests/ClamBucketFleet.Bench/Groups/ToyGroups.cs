using ClamBucketFleet.Bench.Corpora;
using ClamBucketFleet.Bench.Runs;

namespace ClamBucketFleet.Bench.Groups;

/// <summary>Where clamd is fast the daemon has least to hide behind: toy definitions.</summary>
internal static class ToyGroups
{
    private const int Objects = 4000, Many = 10_000, Backlog = 100_000, Few = 1000, EdgeOfWindow = 10;
    private const int Large = 10, Small = 1000;
    private const long LargeObject = 1_000_000_000;

    public static async Task<GroupResult> ToyAsync(Bench bench, int rounds, Action<string> tell, CancellationToken cancellationToken)
    {
        var (corpus, clamd, daemon) = await PartsAsync(bench, cancellationToken);
        Arm[] arms =
        [
            .. Limits.Arms(clamd, corpus, 1, 2, 4),
            new("daemon", token => new DaemonRun(daemon, corpus, Bench.All(corpus)).RunAsync(token)),
        ];
        var series = await new Scenario("toy", arms).RunAsync(rounds, tell, cancellationToken);
        return new GroupResult(series, [Row.Ratio("small, toy definitions: daemon ÷ limit", series.Arm("daemon"), Limits.Best(series), Rate, 0.75)]);
    }

    public static async Task<GroupResult> LongAsync(Bench bench, int rounds, Action<string> tell, CancellationToken cancellationToken)
    {
        var (_, _, daemon) = await PartsAsync(bench, cancellationToken);
        var corpus = bench.Corpus("long", path => CorpusBuilder.Small(path, bench.Seed, bench.Scaled(Many)));
        var all = Bench.All(corpus);
        Arm[] arms =
        [
            new("daemon", token => new DaemonRun(daemon, corpus, all).RunAsync(token), Rounds: 1),
            new("daemon, tagging", token => new DaemonRun(daemon with { Tags = true }, corpus, all).RunAsync(token), Rounds: 1),
        ];
        var series = await new Scenario("long", arms).RunAsync(Math.Min(1, rounds), tell, cancellationToken);
        var note = $"{all.Messages} objects, toy definitions, one round";
        return new GroupResult(series,
        [
            Row.Of("daemon's CPU an object, small, tagging off", series.Arm("daemon"), sample => sample.DaemonCpu, 1.0, "ms", note),
            Row.Of("daemon's CPU an object, small, tagging on", series.Arm("daemon, tagging"), sample => sample.DaemonCpu, 2.0, "ms", note),
        ]);
    }

    public static async Task<GroupResult> BacklogAsync(Bench bench, int rounds, Action<string> tell, CancellationToken cancellationToken)
    {
        var (corpus, _, daemon) = await PartsAsync(bench, cancellationToken);
        var few = Bench.All(corpus) with { Messages = bench.Scaled(Few) };
        // Neither the first connections nor an emptying queue: what is between.
        bool IsBetween(int message) => message >= few.Messages / EdgeOfWindow && message < few.Messages - (few.Messages / EdgeOfWindow);
        Arm[] arms =
        [
            new("1,000 waiting", token => new DaemonRun(daemon, corpus, few) { Counts = IsBetween }.RunAsync(token)),
            new("100,000 waiting", token => new DaemonRun(daemon, corpus, few with { Messages = Backlog }) { Counts = IsBetween, Enough = few.Messages }.RunAsync(token)),
        ];
        var series = await new Scenario("backlog", arms).RunAsync(rounds, tell, cancellationToken);
        return new GroupResult(series,
        [
            Row.Ratio(
                "100,000 messages waiting ÷ 1,000: objects/s", series.Arm("100,000 waiting"), series.Arm("1,000 waiting"), Rate, 0.95,
                note: $"without the first and last tenth of {few.Messages}, toy definitions"),
        ]);
    }

    public static async Task<GroupResult> PairAsync(Bench bench, int rounds, Action<string> tell, CancellationToken cancellationToken)
    {
        var (corpus, _, daemon) = await PartsAsync(bench, cancellationToken);
        Arm[] arms = [new("two daemons", token => new DaemonRun(daemon with { Daemons = 2 }, corpus, Bench.All(corpus)).RunAsync(token), Rounds: 1)];
        var series = await new Scenario("pair", arms).RunAsync(Math.Min(1, rounds), tell, cancellationToken);
        return new GroupResult(series, [Row.Of("two daemons on one queue: objects scanned twice", series[0], sample => sample.ScannedTwice, 0, "objects")]);
    }

    public static async Task<GroupResult> CrowdAsync(Bench bench, int rounds, Action<string> tell, CancellationToken cancellationToken)
    {
        var (_, _, daemon) = await PartsAsync(bench, cancellationToken);
        var crowd = bench.Corpus("crowd", path => CorpusBuilder.Crowd(path, bench.Seed, Large, bench.Scaled(LargeObject), bench.Scaled(Small)));
        var without = new Stub.Load(crowd.Directory, Large, bench.Scaled(Small), bench.Scaled(Small), TimeSpan.Zero, 0);
        Arm[] arms =
        [
            new("small ones alone", token => new DaemonRun(daemon, crowd, without).RunAsync(token), Rounds: 1),
            new("behind ten of 1 GB", token => new DaemonRun(daemon, crowd, Bench.All(crowd)) { Counts = message => message >= Large }.RunAsync(token), Rounds: 1),
        ];
        var series = await new Scenario("crowd", arms).RunAsync(Math.Min(1, rounds), tell, cancellationToken);
        return new GroupResult(series,
        [
            Row.Ratio(
                "1,000 small objects behind ten of 1 GB: p99 from event to verdict ÷ without them", series.Arm("behind ten of 1 GB"), series.Arm("small ones alone"),
                sample => sample.EventP99, 3, atLeast: false, note: "all events at once, toy definitions, one round"),
        ]);
    }

    private static async Task<(Corpus Corpus, TestKit.ClamdServer Clamd, DaemonSetup Daemon)> PartsAsync(Bench bench, CancellationToken cancellationToken)
    {
        var clamd = await bench.ClamdAsync(bench.ToyDefinitions, cancellationToken);
        var corpus = bench.Corpus("many", path => CorpusBuilder.Small(path, bench.Seed, bench.Scaled(Objects)));
        var daemon = bench.Daemon(clamd, bench.ToyDefinitions);
        await bench.WarmStubAsync(daemon, corpus, cancellationToken);
        return (corpus, clamd, daemon);
    }

    private static double Rate(Sample sample) => sample.ObjectsPerSecond;
}
