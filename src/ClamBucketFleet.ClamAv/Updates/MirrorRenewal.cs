using Microsoft.Extensions.Logging;

namespace ClamBucketFleet.ClamAv;

/// <summary>Asks the definitions' source for the whole fleet, and publishes what it has.</summary>
internal sealed class MirrorRenewal(
    IMirrorLease lease, UpdatePlace place, SetInstaller installer, UpdateParts parts, ILoggerFactory loggers, TimeProvider time)
{
    /// <summary>After a failure, which the next instances would meet as well, one after the other.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(30);

    private readonly ILogger _logger = loggers.CreateLogger<MirrorRenewal>();
    private readonly long _began = time.GetTimestamp();

    private DateTimeOffset MirrorNow => lease.State.Now + time.GetElapsedTime(_began);

    /// <param name="staging">A new directory below the place.</param>
    /// <param name="cancellationToken">Gives up; what is published stays as it is.</param>
    /// <exception cref="TryAgainException">Nothing could be had, or what came is no good.</exception>
    public async Task<Renewed> RunAsync(string staging, CancellationToken cancellationToken)
    {
        var before = await SetFiles.ReadAsync(installer.InUse, cancellationToken);
        var fetched = await FetchAsync(staging, cancellationToken);
        await TellFleetAsync(fetched, cancellationToken);

        // One custom database that cannot be had keeps the fleet from no other.
        var files = await SetFiles.ReadAsync(fetched.Files, cancellationToken);
        var changed = SetFiles.Changed(before, files);
        var isOther = changed.Count > 0 || lease.State.Manifest is null;
        if (fetched is { StayAway: null, Failure: null } || (isOther && files.Count > 0))
        {
            if (isOther)
                await installer.TestAsync(fetched.Files, staging, cancellationToken);
            await lease.PublishAsync(
                Manifest(files, Path.Combine(staging, Fetch.Databases)), file => fetched.Files[file.Name], cancellationToken);
        }
        else
        {
            changed = [];
        }

        return new Renewed(fetched.Files, changed, fetched.StayAway, fetched.StayAway is null ? fetched.Failure : null);
    }

    private async Task<Fetched> FetchAsync(string staging, CancellationToken cancellationToken)
    {
        try
        {
            return await parts.Fetch(installer.InUse, staging, cancellationToken);
        }
        catch (ServiceUnreachableException exception)
        {
            await PauseAsync(exception, cancellationToken);
            throw;
        }
    }

    private async Task TellFleetAsync(Fetched fetched, CancellationToken cancellationToken)
    {
        (UpdateState.Read(place.Directory, time.GetUtcNow()) with { StayAway = fetched.StayAway }).Write(place.Directory);
        if (fetched.StayAway is { } away)
            await lease.StayAwayAsync(away with { Until = MirrorNow + (away.Until - time.GetUtcNow()) }, cancellationToken);
        else if (fetched.Failure is TryAgainException failure)
            await PauseAsync(failure, cancellationToken);
    }

    private async Task PauseAsync(TryAgainException failure, CancellationToken cancellationToken)
    {
        try
        {
            await lease.StayAwayAsync(new StayAway(MirrorNow + Pause, $"with a failure ({failure.Message})"), cancellationToken);
        }
        catch (TryAgainException exception)
        {
            _logger.FleetNotTold(exception.Message);
        }
    }

    private DefinitionsManifest Manifest(IReadOnlyList<DefinitionsFile> files, string databases)
    {
        var read = new DefinitionsReader(databases, loggers.CreateLogger<DefinitionsReader>()).Read()
            ?? throw new TryAgainException("freshclam ended well, and there is nothing to publish.");

        // A server may give a file any time, and times to come are refused.
        var now = MirrorNow;
        return new DefinitionsManifest(
            now,
            read.Version,
            Earlier(read.Published, now),
            [.. files.Select(file => file with { Modified = Earlier(file.Modified, now) })]);
    }

    private static DateTimeOffset Earlier(DateTimeOffset one, DateTimeOffset other) => one < other ? one : other;
}

/// <summary>What came of asking for the fleet.</summary>
/// <param name="Files">Names and paths of all databases.</param>
/// <param name="Changed">Names of those that are others than before, and published.</param>
/// <param name="StayAway">Not null where the source asked for patience.</param>
/// <param name="Failure">Not null where not all could be had.</param>
internal sealed record Renewed(
    IReadOnlyDictionary<string, string> Files, IReadOnlyList<string> Changed, StayAway? StayAway, Exception? Failure);
