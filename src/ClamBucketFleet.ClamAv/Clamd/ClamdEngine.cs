using Microsoft.Extensions.Logging;

namespace ClamBucketFleet.ClamAv;

/// <summary>Scans through clamd's <c>INSTREAM</c>.</summary>
public sealed class ClamdEngine : IScanEngine, ISettingsProbed
{
    private static readonly TimeSpan BetweenPings = TimeSpan.FromMilliseconds(100);

    private readonly ClamdClient _client;
    private readonly ClamdCanary? _canary;
    private readonly ClamdPlaces _places;
    private readonly ClamdRoom _room;
    private readonly ClamdDescription _description;
    private readonly TimeProvider _time;
    private int _confirming;

    /// <param name="client">Speaks with clamd.</param>
    /// <param name="confirmClean">
    /// Whether a clean answer counts only when EICAR is found after it, and clamd only when its settings hide nothing;
    /// definitions without EICAR need it off.
    /// </param>
    /// <param name="definitions">Says what clamd does not.</param>
    /// <param name="time">Knows the time zone that clamd's times are in.</param>
    /// <param name="logger">Hears once where clamd's temporary directory cannot be watched.</param>
    public ClamdEngine(
        ClamdClient client, bool confirmClean, DefinitionsReader definitions, TimeProvider time, ILogger<ClamdEngine> logger)
    {
        (_client, _time) = (client, time);
        _description = new ClamdDescription(client, definitions, time);
        _room = new ClamdRoom(client, logger);
        _places = ClamdPlaces.For(client.Address, Environment.ProcessorCount, time);
        _canary = confirmClean ? new ClamdCanary(client, () => _places.IsBusy, time) : null;
    }

    /// <inheritdoc/>
    public ScanLoad Load => _places.Load with { Confirming = Volatile.Read(ref _confirming) };

    /// <inheritdoc/>
    public ValueTask<IDisposable?> TurnAsync(long length, CancellationToken cancellationToken) =>
        _places.TurnAsync(length, cancellationToken);

    /// <inheritdoc/>
    public Task<Verdict> ScanAsync(Stream content, long length, CancellationToken cancellationToken) =>
        ScanAsync(content, length, _places, cancellationToken);

    /// <inheritdoc/>
    public Task<Verdict> ScanAtOnceAsync(Stream content, long length, CancellationToken cancellationToken) =>
        ScanAsync(content, length, null, cancellationToken);

    private async Task<Verdict> ScanAsync(Stream content, long length, ClamdPlaces? places, CancellationToken cancellationToken)
    {
        try
        {
            var before = _room.Look();
            var verdict = await _client.ScanAsync(content, length, places, () => before = _room.Look(), cancellationToken);
            if (verdict is Infected or Unscannable { Reason: UnscannableReason.TooLarge })
                return verdict;

            ClamdRoom.ExpectEnough(before, _room.Look());
            if (verdict is Clean && _canary is not null)
                await ConfirmAsync(_canary, isAtOnce: places is null, cancellationToken);
            return verdict;
        }
        catch (ClamdGoneException)
        {
            // One lost connection, or the end of clamd? The answer decides whether anybody else should try.
            (await _client.ConnectAsync(cancellationToken)).Dispose();
            throw;
        }
    }

    // That time was up by then says nothing of the object: clamd had answered.
    private async Task ConfirmAsync(ClamdCanary canary, bool isAtOnce, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _confirming);
        try
        {
            await canary.ConfirmAsync(isAtOnce, cancellationToken);
        }
        catch (OperationCanceledException exception)
        {
            throw new TryAgainException("clamd had answered, but time was up before EICAR was found after it.", exception);
        }
        finally
        {
            Interlocked.Decrement(ref _confirming);
        }
    }

    /// <summary>The lines that clamd.conf lacks to make every limit speak; none where all is well.</summary>
    /// <exception cref="ScannerUnavailableException">clamd cannot be asked.</exception>
    /// <exception cref="TryAgainException">It gave no answer.</exception>
    public Task<IReadOnlyList<ClamdSetting>> MissingSettingsAsync(CancellationToken cancellationToken) =>
        SettingsProbe.RunAsync(_client, cancellationToken);

    /// <summary>What clamd calls clean unread though its settings are right, and what to do about each.</summary>
    /// <exception cref="ScannerUnavailableException">clamd cannot be asked.</exception>
    /// <exception cref="TryAgainException">It gave no answer.</exception>
    public Task<IReadOnlyList<string>> BlindSpotsAsync(CancellationToken cancellationToken) =>
        SettingsProbe.BlindSpotsAsync(_client, cancellationToken);

    /// <inheritdoc/>
    async Task ISettingsProbed.ProveSettingsAsync(CancellationToken cancellationToken)
    {
        if (_canary is null)
            return;

        if (await MissingSettingsAsync(cancellationToken) is { Count: > 0 } missing)
        {
            throw new EngineWrongException(
                $"clamd on {_client.Address} would call objects clean that it did not look into. Put these lines at the top " +
                "of its clamd.conf, where they hold whatever stands below, and restart it: " +
                $"{string.Join(", ", missing.Select(setting => $"'{setting.Line}'"))}.")
            { IsEverywhere = true };
        }
    }

    /// <inheritdoc/>
    public async Task AnsweredAsync(CancellationToken cancellationToken)
    {
        for (var wasSilent = _client.IsSilent; ; wasSilent |= _client.IsSilent)
        {
            await Task.Delay(BetweenPings, _time, cancellationToken);
            try
            {
                await _client.PingAsync(cancellationToken);
                if (wasSilent)
                    return;
            }
            catch (ScannerUnavailableException)
            {
                // Not yet.
            }
        }
    }

    /// <inheritdoc/>
    public Task<EngineInfo> DescribeAsync(CancellationToken cancellationToken) => _description.ReadAsync(cancellationToken);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
