namespace ClamBucketFleet.ClamAv;

/// <summary>Scans through clamd's <c>INSTREAM</c>.</summary>
public sealed class ClamdEngine(ClamdClient client, DefinitionsReader definitions, TimeProvider time) : IScanEngine
{
    /// <inheritdoc/>
    public async Task<Verdict> ScanAsync(Stream content, long length, CancellationToken cancellationToken)
    {
        try
        {
            return await client.ScanAsync(content, length, cancellationToken);
        }
        catch (ClamdGoneException)
        {
            // One lost connection, or the end of clamd? The answer decides whether anybody else should try.
            (await client.ConnectAsync(cancellationToken)).Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public async Task<EngineInfo> DescribeAsync(CancellationToken cancellationToken)
    {
        var version = ClamdVersion.Parse(await client.VersionAsync(cancellationToken), time.LocalTimeZone);
        var onDisk = definitions.Read();

        // The directory knows the time zone, and whatever is not signed; but clamd may use another one.
        return version.Definitions is null || version.Definitions == onDisk?.Version
            ? new EngineInfo("clamd", version.Engine, onDisk?.Version, onDisk?.Published)
            : new EngineInfo("clamd", version.Engine, version.Definitions, version.Published);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
