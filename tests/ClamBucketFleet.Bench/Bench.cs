using ClamBucketFleet.Bench.Corpora;
using ClamBucketFleet.Bench.Definitions;
using ClamBucketFleet.Bench.Runs;
using ClamBucketFleet.Bench.Stub;
using ClamBucketFleet.TestKit;

namespace ClamBucketFleet.Bench;

/// <summary>The parts that rows have in common: the stub, the corpora, both programs, one clamd at a time.</summary>
internal sealed class Bench : IAsyncDisposable
{
    /// <summary>S3 as it is met in its own region.</summary>
    public static readonly TimeSpan FirstByte = TimeSpan.FromMilliseconds(30);

    public const long StreamRate = 80_000_000;

    private const int WarmUp = 300;

    private readonly TemporaryDirectory _directory;
    private readonly Dictionary<string, Corpus> _corpora = [];
    private readonly double _scale;
    private ClamdServer? _clamd;
    private string? _loaded;
    private bool _isWarm;

    private Bench(StubServer stub, ulong seed, double scale)
    {
        (Stub, Seed, _scale) = (stub, seed, scale);
        _directory = new TemporaryDirectory();
        ToyDefinitions = DefinitionSet.Toy(_directory.CreateDirectory("toy"));
    }

    public StubServer Stub { get; }

    public ulong Seed { get; }

    public string ToyDefinitions { get; }

    /// <summary>Made at the first time, which takes minutes.</summary>
    public string RealisticDefinitions => DefinitionSet.Realistic(Seed);

    /// <summary>As it is shipped.</summary>
    public static Executable Published
    {
        get
        {
            var path = Repository.Combine("artifacts", "publish", "clambucketfleet");
            return File.Exists(path) ? Executable.At(path) : throw new FileNotFoundException($"No {path}: make deb makes it");
        }
    }

    /// <summary>As it is built for development: the runtime's hooks work in it, which are trimmed away from the published one.</summary>
    public static Executable Untrimmed => Executable.At(
        Repository.Combine("src", "ClamBucketFleet.Daemon", "bin", Repository.Configuration, "net10.0", "clambucketfleet"));

    public static async Task<Bench> StartAsync(ulong seed, double scale, CancellationToken cancellationToken) =>
        new(await StubServer.StartAsync(cancellationToken), seed, scale);

    /// <summary>So many objects, or fewer where a short run was asked for.</summary>
    public int Scaled(int objects) => Math.Max(20, (int)(objects * _scale));

    /// <summary>So many bytes, or fewer.</summary>
    public long Scaled(long bytes) => (long)(bytes * _scale);

    /// <summary>A corpus by its name, made at the first time.</summary>
    public Corpus Corpus(string name, Func<string, Corpus> make)
    {
        if (!_corpora.TryGetValue(name, out var corpus))
            _corpora[name] = corpus = make(_directory.Combine(name));
        return corpus;
    }

    /// <summary>The corpus as files.</summary>
    public string FilesOf(string name)
    {
        var directory = _directory.Combine($"{name}-files");
        if (!Directory.Exists(directory))
        {
            Directory.CreateDirectory(directory);
            _corpora[name].Write(directory);
        }

        return directory;
    }

    /// <summary>A path of its own.</summary>
    public string PathOf(string name) => _directory.Combine(name);

    /// <summary>The one clamd, with these definitions.</summary>
    public async Task<ClamdServer> ClamdAsync(string definitions, CancellationToken cancellationToken)
    {
        if (_clamd is not null && _loaded == definitions)
            return _clamd;
        await StopClamdAsync();
        (_clamd, _loaded) = (await BenchClamd.StartAsync(definitions, cancellationToken), definitions);
        return _clamd;
    }

    /// <summary>
    /// One run that does not count, before the first that does: the stub compiles its own code in it, and would take the
    /// processors for that from what is measured.
    /// </summary>
    public async Task WarmStubAsync(DaemonSetup daemon, Corpus corpus, CancellationToken cancellationToken)
    {
        if (!_isWarm)
            await new DaemonRun(daemon, corpus, All(corpus) with { Messages = Scaled(WarmUp) }).RunAsync(cancellationToken);
        _isWarm = true;
    }

    /// <summary>Gives its memory back.</summary>
    public async Task StopClamdAsync()
    {
        if (_clamd is not null)
            await _clamd.DisposeAsync();
        _clamd = null;
    }

    /// <summary>All objects of a corpus, once.</summary>
    public static Load All(Corpus corpus) => new(corpus.Directory, 0, corpus.Objects.Count, corpus.Objects.Count, TimeSpan.Zero, 0);

    public static Load Slow(Load load) => load with { FirstByte = FirstByte, BytesPerSecond = StreamRate };

    public DaemonSetup Daemon(ClamdServer? clamd, string definitions) => new(Published, Stub, clamd, definitions);

    public async ValueTask DisposeAsync()
    {
        await StopClamdAsync();
        await Stub.DisposeAsync();
        foreach (var corpus in _corpora.Values)
            corpus.Dispose();
        await _directory.DisposeAsync();
    }
}
