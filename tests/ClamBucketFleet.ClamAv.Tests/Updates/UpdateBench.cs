using System.Text;
using ClamBucketFleet.TestKit;
using Microsoft.Extensions.Logging.Abstractions;

namespace ClamBucketFleet.ClamAv.Tests.Updates;

/// <summary>A database directory, and updates of it whose parts a test decides about.</summary>
internal sealed class UpdateBench : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly Lazy<UpdatePlace> _place;

    public UpdateBench()
    {
        Path = _directory.CreateDirectory("db");
        _place = new(() => UpdatePlace.Take(Path));
    }

    public static readonly TimeSpan MaxAge = TimeSpan.FromDays(2);

    public string Path { get; }

    public UpdatePlace Place => _place.Value;

    public TemporaryDirectory Directory => _directory;

    public ManualTimeProvider Time { get; } = new();

    /// <summary>What the definitions' source has; null is what is there already.</summary>
    public Dictionary<string, string>? Source { get; set; }

    public StayAway? StayAway { get; set; }

    public Exception? SourceFailure { get; set; }

    /// <summary>Not null: the test of what is new fails.</summary>
    public Exception? TestFailure { get; set; }

    /// <summary>What clamd does with a set.</summary>
    public Func<string, ReloadOutcome> Reload { get; set; } = _ => ReloadOutcome.Loaded;

    public int Asked { get; private set; }

    /// <summary>The names that the last test was about.</summary>
    public IReadOnlyList<string> Tested { get; private set; } = [];

    /// <summary>Runs while the source is asked.</summary>
    public Func<CancellationToken, Task> WhileAsking { get; set; } = _ => Task.CompletedTask;

    /// <summary>What a reader of the directory finds.</summary>
    public IReadOnlyDictionary<string, string> Visible => new DirectoryInfo(Path).EnumerateFiles()
        .Where(file => file.Name is not ['.', ..] && File.Exists(file.FullName))
        .ToDictionary(file => file.Name, file => File.ReadAllText(file.FullName));

    public DefinitionsUpdater Updater(IDefinitionsMirror? mirror = null) => new(
        Place,
        new UpdateParts(Manages, FetchAsync, TestAsync, (set, _) => Task.FromResult(Reload(set))),
        mirror is null ? null : new Mirroring(mirror, "bench"),
        MaxAge,
        NullLoggerFactory.Instance,
        Time);

    public Task<UpdateOutcome> RunAsync(IDefinitionsMirror? mirror = null) =>
        Updater(mirror).RunAsync(TestContext.Current.CancellationToken);

    public DefinitionSets Sets() => new(Place, Time);

    public static bool Manages(string name) => DatabaseNames.IsSigned(name) || name.StartsWith("url-", StringComparison.Ordinal);

    /// <summary>A regular file in the database directory, as old as the clock.</summary>
    public void Write(string name, string content) => WriteAt(System.IO.Path.Combine(Path, name), content);

    /// <summary>Something with a signed database's header.</summary>
    public static string Signed(int version, string published = "31 Dec 2025 12-00 +0000") =>
        $"ClamAV-VDB:{published}:{version}:1:90:x:y:z:1".PadRight(CvdHeader.Size) + "content";

    /// <summary>Files for a set, outside of the database directory.</summary>
    public Dictionary<string, string> Files(params (string Name, string Content)[] files) => files.ToDictionary(
        file => file.Name, file => _directory.Write($"{Guid.NewGuid():N}/{file.Name}", Encoding.UTF8.GetBytes(file.Content)));

    public void Dispose()
    {
        if (_place.IsValueCreated)
            Place.Dispose();
        _directory.Dispose();
    }

    private async Task<Fetched> FetchAsync(
        IReadOnlyDictionary<string, string> seed, string staging, CancellationToken cancellationToken)
    {
        Asked++;
        await WhileAsking(cancellationToken);
        var databases = System.IO.Directory.CreateDirectory(System.IO.Path.Combine(staging, Fetch.Databases)).FullName;
        foreach (var (name, path) in seed)
            NativeFiles.LinkOrCopy(DefinitionSets.Followed(path), System.IO.Path.Combine(databases, name));
        if (Source is not null)
        {
            foreach (var name in seed.Keys)
                File.Delete(System.IO.Path.Combine(databases, name));
            foreach (var (name, content) in Source)
                WriteAt(System.IO.Path.Combine(databases, name), content);
        }

        var files = System.IO.Directory.GetFiles(databases).ToDictionary(path => System.IO.Path.GetFileName(path));
        return new Fetched(files, StayAway, SourceFailure);
    }

    private Task TestAsync(IEnumerable<string> files, string staging, CancellationToken cancellationToken)
    {
        Tested = [.. files.Select(path => System.IO.Path.GetFileName(path)).Order(StringComparer.Ordinal)];
        return TestFailure is null ? Task.CompletedTask : Task.FromException(TestFailure);
    }

    private void WriteAt(string path, string content)
    {
        File.WriteAllText(path, content);
        File.SetLastWriteTimeUtc(path, Time.GetUtcNow().UtcDateTime);
    }
}
