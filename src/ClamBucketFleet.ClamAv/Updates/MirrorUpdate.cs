using ClamBucketFleet.Options;
using Microsoft.Extensions.Logging;

namespace ClamBucketFleet.ClamAv;

/// <summary>The fleet's mirror, and what this instance is called there.</summary>
public sealed record Mirroring(IDefinitionsMirror Mirror, string Holder);

/// <summary>
/// An update in a fleet: take what the mirror has; where that is not of this hour, one instance asks the definitions'
/// source, tests what comes, and publishes it for all.
/// </summary>
internal sealed class MirrorUpdate(
    Mirroring mirroring, UpdatePlace place, SetInstaller installer, UpdateParts parts, ILoggerFactory loggers, TimeProvider time)
{
    /// <summary>ClamAV's servers ask not to be asked more often.</summary>
    private static readonly TimeSpan BetweenQuestions = TimeSpan.FromHours(1);
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(10);

    private readonly ILogger _logger = loggers.CreateLogger<MirrorUpdate>();

    /// <exception cref="TryAgainException">The mirror, the source, or what came from them.</exception>
    public async Task<Progress> RunAsync(CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        var progress = Progress.None;
        while (true)
        {
            var state = await mirroring.Mirror.ReadAsync(cancellationToken);
            if (state.Manifest is { } manifest)
                progress = progress.Then(await TakeAsync(manifest, cancellationToken));
            if (Rests(state, out var away))
                return progress with { StayAway = away };

            using var staging = place.CreateStaging();
            if (await RenewAsync(state, staging.Path, cancellationToken) is { } renewed)
            {
                if (renewed.Changed.Count > 0)
                    installer.Use(renewed.Files, renewed.Changed);
                return progress.Then(new Progress(renewed.Changed, renewed.StayAway));
            }

            if (time.GetElapsedTime(began) >= LongestWait)
            {
                throw new TryAgainException(
                    $"Another instance has been renewing the mirror for {ValueParser.Duration(LongestWait)}, and has published nothing.");
            }

            _logger.WaitingForMirror();
            await Task.Delay(BetweenLooks, time, cancellationToken);
        }
    }

    private bool Rests(MirrorState state, out StayAway? away)
    {
        var own = UpdateState.Read(place).StayAway;
        away = state.StayAway?.Until > state.Now ? state.StayAway : own?.Until > time.GetUtcNow() ? own : null;
        return away is not null || (state.Manifest is { } manifest && state.Now - manifest.Checked < BetweenQuestions);
    }

    private async Task<Progress> TakeAsync(DefinitionsManifest manifest, CancellationToken cancellationToken)
    {
        var inUse = installer.InUse;
        var before = await SetFiles.ReadAsync(inUse, cancellationToken);
        var changed = SetFiles.Changed(before, manifest.Files);
        if (changed.Count == 0)
            return Progress.None;

        _logger.TakingFromMirror(SafeText.Escape(string.Join(", ", changed)));
        using var staging = place.CreateStaging();
        var files = await FetchAsync(manifest, before, inUse, staging.Path, cancellationToken);
        await installer.TestAsync(files, staging.Path, cancellationToken);
        installer.Use(files, changed);
        return new Progress(changed, null);
    }

    private async Task<IReadOnlyDictionary<string, string>> FetchAsync(
        DefinitionsManifest manifest,
        IReadOnlyList<DefinitionsFile> have,
        IReadOnlyDictionary<string, string> paths,
        string staging,
        CancellationToken cancellationToken)
    {
        var directory = Directory.CreateDirectory(Path.Combine(staging, "mirror")).FullName;
        var files = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var file in manifest.Files)
        {
            if (file.Name != Path.GetFileName(file.Name) || !DatabaseNames.IsDatabase(file.Name))
                throw new TryAgainException($"The mirror names a file '{SafeText.Escape(file.Name)}', which is no database's name.");

            var path = Path.Combine(directory, file.Name);
            if (have.FirstOrDefault(known => known.Sha256 == file.Sha256) is { } same)
                NativeFiles.LinkOrCopy(DefinitionSets.Followed(paths[same.Name]), path);
            else
                await mirroring.Mirror.FetchAsync(file, path, cancellationToken);

            // The age of a database that is not signed is the same on all instances.
            if (File.GetLastWriteTimeUtc(path) != file.Modified.UtcDateTime)
                File.SetLastWriteTimeUtc(path, file.Modified.UtcDateTime);
            files.Add(file.Name, path);
        }

        return files;
    }

    /// <returns>Null where another instance is at it, or was a moment ago.</returns>
    private async Task<Renewed?> RenewAsync(MirrorState seen, string staging, CancellationToken cancellationToken)
    {
        await using var lease = await mirroring.Mirror.TryLeaseAsync(mirroring.Holder, cancellationToken);
        if (lease is null || lease.State.Manifest?.Checked != seen.Manifest?.Checked || Rests(lease.State, out _))
            return null;

        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, lease.Lost);
        try
        {
            return await RenewAsync(lease, staging, either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new LeaseLostException("The right to renew the mirror was lost on the way: another instance may have it.");
        }
    }

    private async Task<Renewed> RenewAsync(IMirrorLease lease, string staging, CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        var before = await SetFiles.ReadAsync(installer.InUse, cancellationToken);
        var fetched = await parts.Fetch(installer.InUse, staging, cancellationToken);
        (UpdateState.Read(place) with { StayAway = fetched.StayAway }).Write(place);
        if (fetched.StayAway is { } away)
        {
            await lease.StayAwayAsync(away with { Until = lease.State.Now + (away.Until - time.GetUtcNow()) }, cancellationToken);
            return new Renewed(fetched.Files, [], away);
        }

        if (fetched.Failure is { } failure)
            throw failure;

        var files = await SetFiles.ReadAsync(fetched.Files, cancellationToken);
        var changed = SetFiles.Changed(before, files);
        if (changed.Count > 0 || lease.State.Manifest is null)
            await installer.TestAsync(fetched.Files, staging, cancellationToken);
        await lease.PublishAsync(
            Manifest(files, Path.Combine(staging, Fetch.Databases), lease.State.Now + time.GetElapsedTime(began)),
            file => fetched.Files[file.Name],
            cancellationToken);
        return new Renewed(fetched.Files, changed, null);
    }

    private DefinitionsManifest Manifest(IReadOnlyList<DefinitionsFile> files, string databases, DateTimeOffset asked)
    {
        var read = new DefinitionsReader(databases, loggers.CreateLogger<DefinitionsReader>()).Read()
            ?? throw new TryAgainException("freshclam ended well, and there is nothing to publish.");
        return new DefinitionsManifest(asked, read.Version, read.Published, files);
    }

    private sealed record Renewed(IReadOnlyDictionary<string, string> Files, IReadOnlyList<string> Changed, StayAway? StayAway);
}
