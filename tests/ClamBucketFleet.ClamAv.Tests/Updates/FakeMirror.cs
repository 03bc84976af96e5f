namespace ClamBucketFleet.ClamAv.Tests.Updates;

/// <summary>A mirror in memory.</summary>
internal sealed class FakeMirror(TimeProvider time) : IDefinitionsMirror
{
    private readonly Dictionary<string, byte[]> _contents = [];

    public DefinitionsManifest? Manifest { get; set; }

    public StayAway? StayAway { get; set; }

    public CancellationTokenSource Lost { get; } = new();

    /// <summary>Another instance has the lease.</summary>
    public bool IsHeld { get; set; }

    public int Fetches { get; private set; }

    public int Leases { get; private set; }

    public Exception? Failure { get; set; }

    /// <summary>Not null: nobody gets the lease.</summary>
    public Exception? LeaseFailure { get; set; }

    /// <summary>The files are gone, and the manifest is not.</summary>
    public void LoseFiles() => _contents.Clear();

    public Task<MirrorState> ReadAsync(CancellationToken cancellationToken) =>
        Failure is null ? Task.FromResult(State) : Task.FromException<MirrorState>(Failure);

    public async Task FetchAsync(DefinitionsFile file, string path, CancellationToken cancellationToken)
    {
        Fetches++;
        if (!_contents.TryGetValue(file.Sha256, out var content))
            throw new TryAgainException($"{file.Name} cannot be had, though the manifest names it.");
        await File.WriteAllBytesAsync(path, content, cancellationToken);
        File.SetLastWriteTimeUtc(path, file.Modified.UtcDateTime);
    }

    public Task<IMirrorLease?> TryLeaseAsync(string holder, CancellationToken cancellationToken)
    {
        Leases++;
        return LeaseFailure is null
            ? Task.FromResult<IMirrorLease?>(IsHeld ? null : new Lease(this))
            : Task.FromException<IMirrorLease?>(LeaseFailure);
    }

    /// <summary>As another instance would have done it.</summary>
    public async Task PublishAsync(DateTimeOffset asked, IReadOnlyDictionary<string, string> files)
    {
        var described = await SetFiles.ReadAsync(files, TestContext.Current.CancellationToken);
        foreach (var file in described)
            _contents[file.Sha256] = await File.ReadAllBytesAsync(files[file.Name], TestContext.Current.CancellationToken);
        Manifest = new DefinitionsManifest(asked, "1", time.GetUtcNow(), described);
    }

    private MirrorState State => new(Manifest, StayAway, time.GetUtcNow());

    private sealed class Lease(FakeMirror mirror) : IMirrorLease
    {
        public CancellationToken Lost => mirror.Lost.Token;

        public MirrorState State { get; } = mirror.State;

        public async Task PublishAsync(
            DefinitionsManifest manifest, Func<DefinitionsFile, string> path, CancellationToken cancellationToken)
        {
            foreach (var file in manifest.Files)
                mirror._contents[file.Sha256] = await File.ReadAllBytesAsync(path(file), cancellationToken);
            mirror.Manifest = manifest;
        }

        public Task StayAwayAsync(StayAway stayAway, CancellationToken cancellationToken)
        {
            mirror.StayAway = stayAway;
            return Task.CompletedTask;
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
