using Microsoft.Extensions.Logging;

namespace ClamBucketFleet.ClamAv;

/// <summary>Scans with clamscan: slower than clamd by the load of the database for each batch, and needs no daemon.</summary>
public sealed class ClamscanEngine : IScanEngine
{
    private readonly DefinitionsReader _definitions;
    private readonly ClamscanCommand _command;
    private readonly Spool _spool;
    private readonly ClamscanBatcher _batcher;
    private readonly int _batchFiles;
    private (string Fingerprint, string Version)? _described;

    public ClamscanEngine(
        ClamscanSettings settings, DefinitionsReader definitions, TimeProvider time, ILogger<ClamscanEngine> logger)
    {
        _definitions = definitions;
        _batchFiles = settings.BatchFiles;
        _command = new ClamscanCommand(settings.Path);
        _spool = new Spool(settings.SpoolDirectory, settings.SpoolLimit, logger);
        var invocation = new ClamscanInvocation(_command, settings, _spool, definitions);
        _batcher = new ClamscanBatcher(invocation.RunAsync, settings, time, logger);
    }

    /// <summary>A whole batch: the load of the database is spread over as many as there are.</summary>
    public ScanLoad Load => new(_batchFiles, _batcher.Waiting);

    /// <inheritdoc/>
    public async Task<Verdict> ScanAsync(Stream content, long length, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        if (length > int.MaxValue)
            return new Unscannable(UnscannableReason.TooLarge);

        // What waits for room in the spool is not on its way: the room comes with the end of the batch.
        IDisposable? announced = null;
        try
        {
            using var file = await _spool.WriteAsync(content, length, () => announced = _batcher.Announce(), cancellationToken);
            announced?.Dispose();
            return await _batcher.ScanAsync(file, cancellationToken);
        }
        finally
        {
            announced?.Dispose();
        }
    }

    /// <inheritdoc/>
    public async Task<EngineInfo> DescribeAsync(CancellationToken cancellationToken)
    {
        var installed = _definitions.Read() ?? throw ClamscanInvocation.NoDefinitions(_definitions.Directory);
        if (_described is not { } known || known.Fingerprint != installed.Fingerprint)
        {
            known = (installed.Fingerprint, await VersionAsync(cancellationToken));
            _described = known;
        }

        return new EngineInfo("clamscan", known.Version, installed.Version, installed.Published);
    }

    public async ValueTask DisposeAsync()
    {
        await _batcher.DisposeAsync();
        _spool.Dispose();
    }

    private async Task<string> VersionAsync(CancellationToken cancellationToken)
    {
        var run = await _command.VersionAsync(_definitions.Directory, cancellationToken);
        return run.ExitCode == 0 && run.Output.StartsWith("ClamAV ", StringComparison.Ordinal)
            ? SafeText.Escape(run.Output.Split('/', '\n')[0])
            : throw new ScannerUnavailableException(
                "What Scan:ClamscanPath names is no clamscan that can be used; it ended with exit code " +
                $"{run.ExitCode} and said: '{SafeText.Escape((run.Output + run.Error).Trim())}'")
            { IsEverywhere = true };
    }
}
