using System.Globalization;
using System.Runtime.ExceptionServices;
using ClamBucketFleet.Options;
using Microsoft.Extensions.Logging;

namespace ClamBucketFleet.ClamAv;

/// <summary>One update of the definitions on this machine, alone or with the fleet's mirror.</summary>
public sealed class DefinitionsUpdater
{
    private readonly UpdatePlace _place;
    private readonly UpdateParts _parts;
    private readonly TimeSpan _maxAge;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly DefinitionSets _sets;
    private readonly SetInstaller _installer;
    private readonly DefinitionsReader _reader;
    private readonly MirrorUpdate? _mirror;

    internal DefinitionsUpdater(
        UpdatePlace place, UpdateParts parts, Mirroring? mirror, TimeSpan maxAge, ILoggerFactory loggers, TimeProvider time)
    {
        (_place, _parts, _maxAge, _time) = (place, parts, maxAge, time);
        _logger = loggers.CreateLogger<DefinitionsUpdater>();
        _sets = new DefinitionSets(place, time);
        _installer = new SetInstaller(_sets, parts, _logger);
        _reader = new DefinitionsReader(place.Directory, loggers.CreateLogger<DefinitionsReader>());
        _mirror = mirror is null ? null : new MirrorUpdate(mirror, place, _installer, parts, loggers, time);
    }

    /// <param name="place">Held for as long as the update runs.</param>
    /// <param name="freshclam">How freshclam is started.</param>
    /// <param name="mirror">Null where the fleet has none.</param>
    /// <param name="scan">Engines, and how old definitions may be.</param>
    /// <param name="loggers">Get freshclam's lines too, at Debug.</param>
    /// <param name="time">The clock.</param>
    /// <exception cref="FatalConfigurationException">freshclam's configuration, or clamd's address.</exception>
    public static DefinitionsUpdater Create(
        UpdatePlace place,
        FreshclamSettings freshclam,
        Mirroring? mirror,
        ScanOptions scan,
        ILoggerFactory loggers,
        TimeProvider time) =>
        new(place, UpdateParts.Real(place, freshclam, scan, loggers, time), mirror, scan.MaxDefinitionsAge, loggers, time);

    /// <summary>Updates. Whatever it throws, whole definitions are in use: those before it, unless the message says otherwise.</summary>
    /// <exception cref="TryAgainException">A later attempt may work; of its kinds, a service that cannot be reached.</exception>
    /// <exception cref="ScannerUnavailableException">A program is missing, or clamd is wrong with what is new.</exception>
    /// <exception cref="FatalConfigurationException">freshclam does not understand its configuration.</exception>
    public async Task<UpdateOutcome> RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            _place.EmptyStaging(_logger);
            _sets.Recover();
            _sets.Adopt(_parts.Manages);
            var (progress, failure) = await TryAsync(cancellationToken);

            // Whatever failed, something may have come into use before.
            var warning = await _installer.LoadAsync(cancellationToken);
            failure?.Throw();
            return Judge(progress, warning);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new TryAgainException($"The definitions in {_place.Directory} cannot be put in place: {exception.Message}", exception);
        }
    }

    private async Task<(Progress Progress, ExceptionDispatchInfo? Failure)> TryAsync(CancellationToken cancellationToken)
    {
        try
        {
            return (_mirror is null ? await AloneAsync(cancellationToken) : await _mirror.RunAsync(cancellationToken), null);
        }
        catch (Exception exception) when (exception is TryAgainException or ScannerUnavailableException
            or FatalConfigurationException or IOException or UnauthorizedAccessException)
        {
            return (Progress.None, ExceptionDispatchInfo.Capture(exception));
        }
    }

    private async Task<Progress> AloneAsync(CancellationToken cancellationToken)
    {
        var state = UpdateState.Read(_place.Directory, _time.GetUtcNow());
        if (state.StayAway is { } away && away.Until > _time.GetUtcNow())
            return Progress.None with { StayAway = away };

        using var staging = _place.CreateStaging();
        var before = await SetFiles.ReadAsync(_installer.InUse, cancellationToken);
        var fetched = await _parts.Fetch(_installer.InUse, staging.Path, cancellationToken);
        (state with { StayAway = fetched.StayAway }).Write(_place.Directory);

        var changed = SetFiles.Changed(before, await SetFiles.ReadAsync(fetched.Files, cancellationToken));
        var progress = Progress.None with { StayAway = fetched.StayAway };
        if (changed.Count > 0 && fetched.Files.Count > 0)
        {
            await _installer.TestAsync(fetched.Files, staging.Path, cancellationToken);
            _installer.Use(fetched.Files, changed);
            progress = progress with { Changed = changed };
        }

        return fetched is { StayAway: null, Failure: { } failure } ? throw failure : progress;
    }

    // What counts in the end is how old the definitions are, whatever everybody said on the way.
    private UpdateOutcome Judge(Progress progress, string? warning)
    {
        var asked = progress.StayAway is { } away
            ? string.Create(CultureInfo.InvariantCulture,
                $"their source answered {away.Reason}, and is not asked before {away.Until.UtcDateTime:yyyy-MM-dd HH:mm} UTC")
            : progress.Unasked ?? "their source has nothing newer";
        if (_reader.Read() is not { } inUse)
            throw new TryAgainException($"There are no definitions in {_place.Directory}: {asked}.");

        if (_time.GetUtcNow() - inUse.Published > _maxAge)
        {
            throw new TryAgainException(string.Create(CultureInfo.InvariantCulture,
                $"The definitions are of {inUse.Published.UtcDateTime:yyyy-MM-dd HH:mm} UTC, older than {ValueParser.Duration(_maxAge)} ") +
                $"(Scan:MaxDefinitionsAge), and {asked}.");
        }

        var result = progress.Changed.Count > 0 ? UpdateResult.New
            : progress.StayAway is null ? UpdateResult.Unchanged : UpdateResult.StayedAway;
        return new UpdateOutcome(result, inUse, progress.Changed, progress.StayAway, warning);
    }
}
