using System.Runtime.ExceptionServices;
using ClamBucketFleet.Options;
using Microsoft.Extensions.Logging;

namespace ClamBucketFleet.ClamAv;

/// <summary>The fleet's mirror, and what this instance is called there.</summary>
public sealed record Mirroring(IDefinitionsMirror Mirror, string Holder);

/// <summary>
/// An update in a fleet: take what the mirror has; where that is not of this hour, or no good, one instance asks the
/// definitions' source, tests what comes, and publishes it for all.
/// </summary>
internal sealed class MirrorUpdate(
    Mirroring mirroring, UpdatePlace place, SetInstaller installer, UpdateParts parts, ILoggerFactory loggers, TimeProvider time)
{
    /// <summary>ClamAV's servers ask not to be asked more often.</summary>
    private static readonly TimeSpan BetweenQuestions = TimeSpan.FromHours(1);

    /// <summary>The same where what is published cannot be used, which may be the fault of this instance alone.</summary>
    private static readonly TimeSpan BetweenRepairs = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(10);

    private readonly ILogger _logger = loggers.CreateLogger<MirrorUpdate>();

    /// <exception cref="TryAgainException">The mirror, the source, or what came from them.</exception>
    public async Task<Progress> RunAsync(CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        var progress = Progress.None;
        var take = Take.Nothing;
        DateTimeOffset? tried = null;
        while (true)
        {
            var state = await mirroring.Mirror.ReadAsync(cancellationToken);
            if (state.Manifest is { } manifest && manifest.Checked != tried)
            {
                tried = manifest.Checked;
                take = await TakeAsync(manifest, cancellationToken);
                progress = progress.Then(new Progress(take.Changed, null));
            }

            if (Rests(state, take, out var away))
                return take.Or(progress with { StayAway = away });

            using var staging = place.CreateStaging();
            var turn = await RenewAsync(state, take, staging.Path, cancellationToken);
            if (turn.Renewed is { } renewed)
            {
                if (renewed.Changed.Count > 0)
                    installer.Use(renewed.Files, renewed.Changed);
                return renewed.Failure is { } failure
                    ? throw failure
                    : progress.Then(new Progress(renewed.Changed, renewed.StayAway));
            }

            var isLong = time.GetElapsedTime(began) >= LongestWait;
            if (turn.Refusal is { } refusal && (isLong || state.Manifest is not null))
                return take.Or(progress with { Unasked = $"this instance may not renew the mirror ({refusal})" });
            if (isLong)
            {
                throw new TryAgainException(
                    $"Another instance has been renewing the mirror for {ValueParser.Duration(LongestWait)}, and has published nothing.");
            }

            _logger.WaitingForMirror();
            await Task.Delay(BetweenLooks, time, cancellationToken);
        }
    }

    private bool Rests(MirrorState state, Take take, out StayAway? away)
    {
        var own = UpdateState.Read(place.Directory, time.GetUtcNow()).StayAway;
        var fleets = state.StayAway is { } all ? all with { Reason = SafeText.Escape(all.Reason) } : null;
        away = fleets?.Until > state.Now ? fleets : own?.Until > time.GetUtcNow() ? own : null;
        return away is not null || (state.Manifest is { } manifest &&
            state.Now - manifest.Checked < (take.IsGood ? BetweenQuestions : BetweenRepairs));
    }

    private async Task<Take> TakeAsync(DefinitionsManifest manifest, CancellationToken cancellationToken)
    {
        try
        {
            var changed = await new MirrorTake(mirroring.Mirror, place, installer, parts, _logger)
                .RunAsync(manifest, cancellationToken);
            return new Take(changed ?? [], IsGood: changed is not null, null);
        }
        catch (TryAgainException exception)
        {
            _logger.NotTakenFromMirror(exception.Message);
            return new Take([], IsGood: false, ExceptionDispatchInfo.Capture(exception));
        }
    }

    private async Task<Turn> RenewAsync(MirrorState seen, Take take, string staging, CancellationToken cancellationToken)
    {
        IMirrorLease? lease;
        try
        {
            lease = await mirroring.Mirror.TryLeaseAsync(mirroring.Holder, cancellationToken);
        }
        catch (AccessRefusedException exception)
        {
            _logger.MirrorNotForThisInstance(exception.Message);
            return new Turn(null, exception.Message);
        }

        if (lease is null)
            return Turn.OfAnother;

        await using (lease)
        {
            if (lease.State.Manifest?.Checked != seen.Manifest?.Checked || Rests(lease.State, take, out _))
                return Turn.OfAnother;

            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, lease.Lost);
            try
            {
                var renewal = new MirrorRenewal(lease, place, installer, parts, loggers, time);
                return new Turn(await renewal.RunAsync(staging, either.Token), null);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                throw new LeaseLostException("The right to renew the mirror was lost on the way: another instance may have it.");
            }
        }
    }

    /// <param name="Changed">Names of databases.</param>
    /// <param name="IsGood">Whether what is published is in use here now.</param>
    /// <param name="Failure">Null where it did not fail.</param>
    private sealed record Take(IReadOnlyList<string> Changed, bool IsGood, ExceptionDispatchInfo? Failure)
    {
        public static readonly Take Nothing = new([], IsGood: true, null);

        public Progress Or(Progress progress)
        {
            Failure?.Throw();
            return progress;
        }
    }

    /// <param name="Renewed">Null where another instance is at it, or was a moment ago.</param>
    /// <param name="Refusal">Not null where this one is not allowed to.</param>
    private sealed record Turn(Renewed? Renewed, string? Refusal)
    {
        public static readonly Turn OfAnother = new(null, null);
    }
}
