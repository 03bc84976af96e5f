using System.Buffers;
using Microsoft.Extensions.Logging;

namespace ClamBucketFleet.ClamAv;

/// <summary>clamd where it passes its self-test, else clamscan; back to clamd when it passes again.</summary>
public sealed class AutoEngine : IScanEngine, ISettingsProbed
{
    private static readonly TimeSpan BetweenProbes = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestProbe = TimeSpan.FromSeconds(30);

    // Whoever has chosen clamd has asked for its settings: what follows right after need not ask again.
    private static readonly TimeSpan StillProven = TimeSpan.FromSeconds(5);

    private readonly IScanEngine _clamd;
    private readonly IScanEngine _clamscan;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _lock = new();
    private bool? _useClamd;
    private bool _clamdWasRight;
    private Task _probe = Task.CompletedTask;
    private long _probed;
    private long? _proven;

    /// <param name="clamd">Preferred; disposed with this engine.</param>
    /// <param name="clamscan">Taken while the other fails; disposed with this engine.</param>
    /// <param name="time">Measures the time between probes.</param>
    /// <param name="logger">Gets a line for each change.</param>
    public AutoEngine(IScanEngine clamd, IScanEngine clamscan, TimeProvider time, ILogger<AutoEngine> logger) =>
        (_clamd, _clamscan, _time, _logger) = (clamd, clamscan, time, logger);

    /// <inheritdoc/>
    public ScanLoad Load => InUse.Load;

    private IScanEngine InUse => _useClamd is false ? _clamscan : _clamd;

    /// <inheritdoc/>
    public ValueTask<IDisposable?> TurnAsync(long length, CancellationToken cancellationToken) =>
        InUse.TurnAsync(length, cancellationToken);

    /// <inheritdoc/>
    public Task<Verdict> ScanAsync(Stream content, long length, CancellationToken cancellationToken) =>
        ScanAsync(content, length, (engine, source) => engine.ScanAsync(source, length, cancellationToken), cancellationToken);

    /// <inheritdoc/>
    public Task<Verdict> ScanAtOnceAsync(Stream content, long length, CancellationToken cancellationToken) =>
        ScanAsync(content, length, (engine, source) => engine.ScanAtOnceAsync(source, length, cancellationToken), cancellationToken);

    private async Task<Verdict> ScanAsync(
        Stream content, long length, Func<IScanEngine, Stream, Task<Verdict>> scan, CancellationToken cancellationToken)
    {
        if (!await UseClamdAsync(cancellationToken))
            return await scan(_clamscan, content);

        if (length <= ClamdUpload.Small)
            return await ScanSmallAsync(content, (int)length, scan, cancellationToken);

        await using var watched = new WatchedStream(content);
        try
        {
            return await scan(_clamd, watched);
        }
        catch (ScannerUnavailableException exception)
        {
            Switch(toClamd: false, exception.Message);
            if (exception is EngineWrongException)
                throw;
            if (watched.WasRead)
                throw new TryAgainException($"clamd went away in the middle of a scan: {exception.Message}", exception);
        }

        return await scan(_clamscan, content);
    }

    // clamd is not spoken to before all of it is there: it is kept for the other engine.
    private async Task<Verdict> ScanSmallAsync(
        Stream content, int length, Func<IScanEngine, Stream, Task<Verdict>> scan, CancellationToken cancellationToken)
    {
        // One byte more, so that whoever scans it sees a content that is too long.
        var kept = ArrayPool<byte>.Shared.Rent(length + 1);
        try
        {
            var count = await content.ReadAtLeastAsync(
                kept.AsMemory(0, length + 1), length + 1, throwOnEndOfStream: false, cancellationToken);
            try
            {
                return await scan(_clamd, new MemoryStream(kept, 0, count));
            }
            catch (ScannerUnavailableException exception)
            {
                Switch(toClamd: false, exception.Message);
                if (exception is EngineWrongException)
                    throw;
            }

            return await scan(_clamscan, new MemoryStream(kept, 0, count));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(kept);
        }
    }

    /// <inheritdoc/>
    public async Task AnsweredAsync(CancellationToken cancellationToken)
    {
        await _clamd.AnsweredAsync(cancellationToken);
        Task probe;
        lock (_lock)
        {
            if (_probe.IsCompleted)
                (_probed, _probe) = (_time.GetTimestamp(), ProbeAsync());
            probe = _probe;
        }

        await probe.WaitAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<EngineInfo> DescribeAsync(CancellationToken cancellationToken)
    {
        if (await UseClamdAsync(cancellationToken))
        {
            try
            {
                return await _clamd.DescribeAsync(cancellationToken);
            }
            catch (ScannerUnavailableException exception)
            {
                Switch(toClamd: false, exception.Message);
            }
        }

        return await _clamscan.DescribeAsync(cancellationToken);
    }

    /// <inheritdoc/>
    async Task ISettingsProbed.ProveSettingsAsync(CancellationToken cancellationToken)
    {
        if (_clamd is not ISettingsProbed probed || !await UseClamdAsync(cancellationToken) || WasProvenJustNow())
            return;

        try
        {
            await probed.ProveSettingsAsync(cancellationToken);
            _clamdWasRight = true;
        }
        catch (Exception exception) when (exception is ScannerUnavailableException or TryAgainException)
        {
            // clamscan's settings are this program's own; but what a clamd called clean that was right once is in doubt.
            Switch(toClamd: false, exception.Message);
            if (exception is EngineWrongException && Interlocked.Exchange(ref _clamdWasRight, false))
                throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _probe.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _clamd.DisposeAsync();
        await _clamscan.DisposeAsync();
        _stop.Dispose();
    }

    // Only the very first probe is waited for; later ones run beside the scans.
    private async ValueTask<bool> UseClamdAsync(CancellationToken cancellationToken)
    {
        Task probe;
        lock (_lock)
        {
            if (_useClamd is true)
                return true;

            if (_probe.IsCompleted && (_useClamd is null || _time.GetElapsedTime(_probed) >= BetweenProbes))
            {
                _probed = _time.GetTimestamp();
                _probe = ProbeAsync();
            }

            if (_useClamd is false)
                return false;

            probe = _probe;
        }

        await probe.WaitAsync(cancellationToken);
        return _useClamd is true;
    }

    // For one proof.
    private bool WasProvenJustNow()
    {
        lock (_lock)
        {
            var proven = _proven;
            _proven = null;
            _clamdWasRight |= proven is not null;
            return proven is { } at && _time.GetElapsedTime(at) < StillProven;
        }
    }

    private async Task ProbeAsync()
    {
        await Task.Yield();
        using var deadline = new CancellationTokenSource(LongestProbe, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, _stop.Token);
        try
        {
            await SelfTest.RunAsync(_clamd, either.Token);
            lock (_lock)
                _proven = _time.GetTimestamp();
            Switch(toClamd: true, "");
        }
        catch (ScannerUnavailableException exception)
        {
            Switch(toClamd: false, exception.Message);
        }
        catch (OperationCanceledException)
        {
            Switch(toClamd: false, $"it did not finish its self-test within {LongestProbe.TotalSeconds} s");
        }
    }

    private void Switch(bool toClamd, string reason)
    {
        lock (_lock)
        {
            if (_useClamd == toClamd)
                return;

            _useClamd = toClamd;
        }

        if (toClamd)
            _logger.UsingClamd();
        else
            _logger.UsingClamscan(reason);
    }
}
