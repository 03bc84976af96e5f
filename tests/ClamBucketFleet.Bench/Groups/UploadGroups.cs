using ClamBucketFleet.Bench.Corpora;
using ClamBucketFleet.Bench.Runs;

namespace ClamBucketFleet.Bench.Groups;

/// <summary>Bytes rather than objects: web uploads, and large objects, on realistic definitions.</summary>
internal static class UploadGroups
{
    // Each round of large objects takes minutes.
    private const int Uploads = 300, MostRoundsOfLarge = 2;
    private const long Largest = 1_000_000_000;

    public static async Task<GroupResult> MixedAsync(Bench bench, int rounds, Action<string> tell, CancellationToken cancellationToken)
    {
        var definitions = bench.RealisticDefinitions;
        var clamd = await bench.ClamdAsync(definitions, cancellationToken);
        var corpus = bench.Corpus("mixed", path => CorpusBuilder.Mixed(path, bench.Seed, bench.Scaled(Uploads)));
        var daemon = bench.Daemon(clamd, definitions);
        Arm[] arms =
        [
            .. Limits.Arms(clamd, corpus, 1, 2, 4),
            new("clamdscan --multiscan", token => new MultiscanRun(clamd, corpus, bench.FilesOf("mixed")).RunAsync(token)),
            new("daemon", token => new DaemonRun(daemon, corpus, Bench.All(corpus)).RunAsync(token)),
        ];
        await bench.WarmStubAsync(daemon, corpus, cancellationToken);
        var series = await new Scenario("mixed", arms).RunAsync(rounds, tell, cancellationToken);
        return new GroupResult(
            series, [Row.Ratio("mixed, realistic definitions: daemon ÷ limit in MB/s", series.Arm("daemon"), Limits.Best(series), Rate, 0.92)]);
    }

    public static async Task<GroupResult> LargeAsync(Bench bench, int rounds, Action<string> tell, CancellationToken cancellationToken)
    {
        var definitions = bench.RealisticDefinitions;
        var clamd = await bench.ClamdAsync(definitions, cancellationToken);
        var corpus = bench.Corpus("large", path => CorpusBuilder.Large(path, bench.Seed, bench.Scaled(Largest)));
        var daemon = bench.Daemon(clamd, definitions);
        Arm[] arms =
        [
            .. Limits.Arms(clamd, corpus, 1, 2),
            new("daemon", token => new DaemonRun(daemon, corpus, Bench.All(corpus)).RunAsync(token)),
        ];
        var series = await new Scenario("large", arms).RunAsync(Math.Min(rounds, MostRoundsOfLarge), tell, cancellationToken);
        return new GroupResult(
            series, [Row.Ratio("large, realistic definitions: daemon ÷ limit in MB/s", series.Arm("daemon"), Limits.Best(series), Rate, 0.90)]);
    }

    private static double Rate(Sample sample) => sample.MegabytesPerSecond;
}
