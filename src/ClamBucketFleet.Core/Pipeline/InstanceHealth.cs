using Microsoft.Extensions.Logging;

namespace ClamBucketFleet.Pipeline;

/// <summary>
/// Has the group replace an instance whose engine stays unfit, once. What a new instance would have as well is no
/// reason: old definitions, a wrong configuration.
/// </summary>
/// <param name="next">Who else acts on the engine's proofs, and does so first.</param>
public sealed class InstanceHealth(
    IProofObserver next, IInstanceGroup group, ILogger<InstanceHealth> logger, TimeProvider time) : IProofObserver
{
    /// <summary>
    /// Longer than what heals by itself: a boot's update of the definitions waits ten minutes at most, clamd loads for
    /// one or two, and systemd's longest wait before it restarts either of them is five.
    /// </summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(15);

    private static readonly TimeSpan BetweenTries = TimeSpan.FromMinutes(1);

    private long? _unfitSince;
    private long? _lastTry;
    private bool _isDone;

    public long ProofBegins() => next.ProofBegins();

    public Task ProofPassedAsync(long proof, CancellationToken cancellationToken)
    {
        _unfitSince = null;
        return next.ProofPassedAsync(proof, cancellationToken);
    }

    public async Task ProofFailedAsync(Exception reason, CancellationToken cancellationToken)
    {
        await next.ProofFailedAsync(reason, cancellationToken).ConfigureAwait(false);
        if (reason is ScannerUnavailableException { IsEverywhere: true })
        {
            _unfitSince = null;
            return;
        }

        _unfitSince ??= time.GetTimestamp();
        var unfit = time.GetElapsedTime(_unfitSince.Value);
        if (_isDone || unfit < Patience || (_lastTry is { } last && time.GetElapsedTime(last) < BetweenTries))
            return;
        _lastTry = time.GetTimestamp();
        await ReportAsync(Math.Floor(unfit.TotalMinutes), reason.Message, cancellationToken).ConfigureAwait(false);
    }

    private async Task ReportAsync(double minutes, string reason, CancellationToken cancellationToken)
    {
        try
        {
            if (await group.ReportUnhealthyAsync(cancellationToken).ConfigureAwait(false))
                Log.ReportedUnhealthy(logger, minutes, reason);
            else
                Log.NobodyReplaces(logger, minutes);
            _isDone = true;
        }
        catch (TryAgainException e)
        {
            Log.NotReportedUnhealthy(logger, minutes, e.Message);
        }
    }
}
