using ClamBucketFleet.Messages;
using Microsoft.Extensions.Logging;

namespace ClamBucketFleet.Pipeline;

/// <summary>
/// What follows from the engine's proofs. An engine that turns out to be wrong has everything that it called clean since
/// its last right answer put back on the queue. That, and definitions that are too old, are alerted: once, and once when
/// it is over.
/// </summary>
public sealed class FitnessConsequences(
    IScanQueue queue,
    IAlertPublisher alerts,
    AlertFactory factory,
    ILogger<FitnessConsequences> logger) : IProofObserver
{
    private const int ObjectsPerMessage = 50;

    private readonly Lock _lock = new();
    private readonly List<(long Begun, ObjectIdentity Content)> _unproven = [];
    private List<ObjectIdentity> _doubtful = [];
    private long _now;
    private long _wrongUntil = -1;
    private string? _alerted;
    private int _failures;

    /// <summary>A mark for work that begins now.</summary>
    public long WorkBegins()
    {
        lock (_lock)
            return _now;
    }

    /// <summary>Notes a content that was called clean, where it stands now.</summary>
    /// <param name="begun">The mark from when its work began.</param>
    /// <param name="content">The content, or the copy that was made of it.</param>
    public void CalledClean(long begun, ObjectIdentity content)
    {
        lock (_lock)
        {
            // Its engine may have been wrong already when it answered.
            if (begun <= _wrongUntil)
                _doubtful.Add(content);
            else
                _unproven.Add((begun, content));
        }
    }

    public long ProofBegins()
    {
        lock (_lock)
            return _now++;
    }

    public async Task ProofPassedAsync(long proof, CancellationToken cancellationToken)
    {
        _failures = 0;
        await RequeueAsync(cancellationToken).ConfigureAwait(false);
        lock (_lock)
            _unproven.RemoveAll(entry => entry.Begun <= proof);
        if (_alerted is not null && await TryPublishAsync($"Over: {_alerted} Work goes on.", cancellationToken).ConfigureAwait(false))
            _alerted = null;
    }

    public async Task ProofFailedAsync(Exception reason, CancellationToken cancellationToken)
    {
        if (reason is EngineWrongException)
            EngineWasWrong();
        var harm = await RequeueAsync(cancellationToken).ConfigureAwait(false);
        _failures++;
        if (reason is not (EngineWrongException or DefinitionsTooOldException) || _alerted is not null)
            return;

        // A first look that fails, before anything was called clean, may only have been the choice of another engine.
        if (!harm && _failures == 1)
            return;
        if (await TryPublishAsync($"No work is taken: {reason.Message}", cancellationToken).ConfigureAwait(false))
            _alerted = reason.Message;
    }

    /// <summary>The engine was met giving a wrong answer: what it called clean goes back at the next proof.</summary>
    public void EngineWasWrong()
    {
        lock (_lock)
        {
            _doubtful.AddRange(_unproven.Select(entry => entry.Content));
            _unproven.Clear();
            _wrongUntil = _now;
            _now++;
        }
    }

    private async Task<bool> RequeueAsync(CancellationToken cancellationToken)
    {
        List<ObjectIdentity> doubtful;
        lock (_lock)
            (doubtful, _doubtful) = (_doubtful, []);
        if (doubtful.Count == 0)
            return false;

        try
        {
            await queue.SendAsync([.. doubtful.Chunk(ObjectsPerMessage).Select(ScanRequest.Of)], cancellationToken).ConfigureAwait(false);
            Log.CleanRequeued(logger, doubtful.Count);
        }
        catch (Exception e)
        {
            lock (_lock)
                _doubtful.AddRange(doubtful);
            Log.CleanNotRequeued(logger, doubtful.Count, e.Message);
        }

        return true;
    }

    private async Task<bool> TryPublishAsync(string error, CancellationToken cancellationToken)
    {
        try
        {
            await alerts.PublishAsync(factory.OfFleet(error), cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (TryAgainException e)
        {
            Log.FleetAlertFailed(logger, e.Message);
            return false;
        }
    }
}
