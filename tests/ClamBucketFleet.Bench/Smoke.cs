using ClamBucketFleet.Bench.Corpora;
using ClamBucketFleet.Bench.Runs;

namespace ClamBucketFleet.Bench;

/// <summary>
/// The benchmark in short, on toy definitions: every kind of run once. It fails on what is wrong, and on no figure.
/// </summary>
internal static class Smoke
{
    public const int SmallObjects = 120;

    private const int MixedObjects = 25, OneByOne = 15;
    private const long LargeObject = 48 << 20;

    /// <exception cref="WrongResultException">A verdict, a message or a request was not as it must be.</exception>
    public static async Task<IReadOnlyList<Series>> RunAsync(ulong seed, Action<string> tell, CancellationToken cancellationToken)
    {
        await using var bench = await Bench.StartAsync(seed, scale: 1, cancellationToken);
        var small = bench.Corpus("small", path => CorpusBuilder.Small(path, seed, SmallObjects));
        var mixed = bench.Corpus("mixed", path => CorpusBuilder.Mixed(path, seed, MixedObjects));
        var large = bench.Corpus("large", path => CorpusBuilder.Large(path, seed, LargeObject));
        var definitions = bench.ToyDefinitions;
        var clamd = await bench.ClamdAsync(definitions, cancellationToken);
        var daemon = bench.Daemon(clamd, definitions);
        var all = Bench.All(small);
        var backlog = all with { Messages = 100_000 };

        Arm[] arms =
        [
            new("limit", token => new LimitRun(clamd, small, 4).RunAsync(token)),
            new("clamdscan --multiscan", token => new MultiscanRun(clamd, small, bench.FilesOf("small")).RunAsync(token)),
            new("daemon", token => new DaemonRun(daemon, small, all).RunAsync(token)),
            new("daemon, 30 ms, tagging", token => new DaemonRun(daemon with { Tags = true }, small, Bench.Slow(all)).RunAsync(token)),
            new("two daemons", token => new DaemonRun(daemon with { Daemons = 2 }, small, all).RunAsync(token)),
            new("daemon, 100,000 waiting", token => new DaemonRun(daemon, small, backlog) { Enough = SmallObjects }.RunAsync(token)),
            new("daemon, mixed", token => new DaemonRun(daemon, mixed, Bench.All(mixed)).RunAsync(token)),
            new("daemon, large", token => new DaemonRun(daemon, large, Bench.All(large)).RunAsync(token)),
            new("one by one, clamdscan", token => new OneByOneRun(bench.Stub, small, all with { Messages = OneByOne }, Scanners.Clamdscan(clamd)).RunAsync(token)),
            new("daemon, clamscan", token => new DaemonRun(bench.Daemon(null, definitions), small, all).RunAsync(token)),
        ];
        return await new Scenario("smoke", arms).RunAsync(1, tell, cancellationToken);
    }
}
