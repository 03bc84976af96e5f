using ClamBucketFleet.Bench.Corpora;
using ClamBucketFleet.Bench.Runs;

namespace ClamBucketFleet.Bench.Groups;

/// <summary>Small objects on realistic definitions: against the limit, with S3's latency, with tags, against one by one.</summary>
internal static class SmallGroup
{
    private const int Objects = 2000, OneByOne = 100, Allocations = 200;

    public static async Task<GroupResult> RunAsync(Bench bench, int rounds, Action<string> tell, CancellationToken cancellationToken)
    {
        var definitions = bench.RealisticDefinitions;
        var clamd = await bench.ClamdAsync(definitions, cancellationToken);
        var corpus = bench.Corpus("small", path => CorpusBuilder.Small(path, bench.Seed, bench.Scaled(Objects)));
        var all = Bench.All(corpus);
        var few = all with { Messages = bench.Scaled(OneByOne) };
        var daemon = bench.Daemon(clamd, definitions);
        var watched = daemon with { Program = Bench.Untrimmed, Environment = AllocationHook.Environment(bench.PathOf("allocated")) };
        Arm[] arms =
        [
            .. Limits.Arms(clamd, corpus, 1, 2, 4),
            new("clamdscan --multiscan", token => new MultiscanRun(clamd, corpus, bench.FilesOf("small")).RunAsync(token)),
            new("daemon", token => new DaemonRun(daemon, corpus, all).RunAsync(token)),
            new("daemon, 30 ms", token => new DaemonRun(daemon, corpus, Bench.Slow(all)).RunAsync(token)),
            new("daemon, tagging", token => new DaemonRun(daemon with { Tags = true }, corpus, all).RunAsync(token)),
            new("one by one, clamdscan", token => new OneByOneRun(bench.Stub, corpus, few, Scanners.Clamdscan(clamd)).RunAsync(token)),
            new("one by one, clamdscan, 30 ms", token => new OneByOneRun(bench.Stub, corpus, Bench.Slow(few), Scanners.Clamdscan(clamd)).RunAsync(token)),
            new("daemon, allocations", token => new DaemonRun(watched, corpus, all with { Messages = bench.Scaled(Allocations) }).RunAsync(token), Rounds: 1),
        ];
        await bench.WarmStubAsync(daemon, corpus, cancellationToken);
        tell($"clamd has {ProcessFigures.Memory(clamd.Pid) / (1 << 20)} MiB resident with realistic definitions");
        var series = await new Scenario("small", arms).RunAsync(rounds, tell, cancellationToken);
        var limit = Limits.Best(series);
        return new GroupResult(series,
        [
            Row.Ratio("small, realistic definitions: daemon ÷ limit", series.Arm("daemon"), limit, Rate, 0.92),
            Row.Ratio("the same with 30 ms first byte and 80 MB/s a stream", series.Arm("daemon, 30 ms"), limit, Rate, 0.92),
            Row.Ratio(
                "daemon ÷ one by one with clamdscan, 30 ms, small", series.Arm("daemon, 30 ms"), series.Arm("one by one, clamdscan, 30 ms"), Rate, 8,
                note: $"one by one over {few.Messages} objects"),
        ]);
    }

    private static double Rate(Sample sample) => sample.ObjectsPerSecond;
}
