namespace ClamBucketFleet.ClamAv;

/// <summary>Scans through clamd's <c>INSTREAM</c>.</summary>
public sealed class ClamdEngine : IScanEngine
{
    private readonly ClamdClient _client;
    private readonly ClamdCanary? _canary;
    private readonly DefinitionsReader _definitions;
    private readonly TimeProvider _time;

    /// <param name="client">Speaks with clamd.</param>
    /// <param name="confirmClean">
    /// Whether a clean answer counts only when EICAR is found after it; definitions without EICAR need it off.
    /// </param>
    /// <param name="definitions">Says what clamd does not.</param>
    /// <param name="time">Knows the time zone that clamd's times are in.</param>
    public ClamdEngine(ClamdClient client, bool confirmClean, DefinitionsReader definitions, TimeProvider time)
    {
        (_client, _definitions, _time) = (client, definitions, time);
        _canary = confirmClean ? new ClamdCanary(client) : null;
    }

    /// <inheritdoc/>
    public async Task<Verdict> ScanAsync(Stream content, long length, CancellationToken cancellationToken)
    {
        try
        {
            var verdict = await _client.ScanAsync(content, length, cancellationToken);
            if (verdict is Clean && _canary is not null)
                await _canary.ConfirmAsync(cancellationToken);
            return verdict;
        }
        catch (ClamdGoneException)
        {
            // One lost connection, or the end of clamd? The answer decides whether anybody else should try.
            (await _client.ConnectAsync(cancellationToken)).Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public async Task<EngineInfo> DescribeAsync(CancellationToken cancellationToken)
    {
        var version = ClamdVersion.Parse(await _client.VersionAsync(cancellationToken), _time.LocalTimeZone);
        var onDisk = _definitions.Read();

        // The directory knows the time zone, and whatever is not signed; but clamd may use another one.
        return version.Definitions is null || version.Definitions == onDisk?.Version
            ? new EngineInfo("clamd", version.Engine, onDisk?.Version, onDisk?.Published)
            : new EngineInfo("clamd", version.Engine, version.Definitions, version.Published);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
