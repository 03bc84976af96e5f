namespace ClamBucketFleet.ClamAv;

/// <summary>What clamd says of itself, and the directory of what clamd does not say.</summary>
/// <param name="client">Speaks with clamd.</param>
/// <param name="definitions">Says what clamd does not.</param>
/// <param name="time">Knows the time zone that clamd's times are in.</param>
internal sealed class ClamdDescription(ClamdClient client, DefinitionsReader definitions, TimeProvider time)
{
    /// <inheritdoc cref="IScanEngine.DescribeAsync"/>
    public async Task<EngineInfo> ReadAsync(CancellationToken cancellationToken)
    {
        var version = ClamdVersion.Parse(await client.VersionAsync(cancellationToken));
        var onDisk = definitions.Read();

        // The directory knows the time zone, and whatever is not signed; but clamd may use another one.
        return version.Definitions is null || version.Definitions == onDisk?.Version
            ? new EngineInfo("clamd", version.Engine, onDisk?.Version, onDisk?.Published)
            : new EngineInfo("clamd", version.Engine, version.Definitions, version.Published(time.LocalTimeZone));
    }
}
