namespace ClamBucketFleet;

/// <summary>ClamAV, by whichever way. Safe for concurrent calls.</summary>
public interface IScanEngine : IAsyncDisposable
{
    /// <summary>
    /// Reads <paramref name="content"/> to its end and says what is in it: <see cref="Clean"/>,
    /// <see cref="Infected"/> or <see cref="Unscannable"/>, made by <see cref="EngineAnswer"/> alone.
    /// </summary>
    /// <param name="content">Read once, forward. What its reads throw comes through unchanged.</param>
    /// <param name="length">Bytes that it must have.</param>
    /// <param name="cancellationToken">Gives the scan up; the engine drops what it has of it.</param>
    /// <exception cref="TryAgainException">No answer, half an answer, or one that is not understood.</exception>
    /// <exception cref="ScannerUnavailableException">The engine is not there, or not fit to scan anything.</exception>
    Task<Verdict> ScanAsync(Stream content, long length, CancellationToken cancellationToken);

    /// <summary>Which engine answers now, with which definitions.</summary>
    /// <exception cref="ScannerUnavailableException">None.</exception>
    Task<EngineInfo> DescribeAsync(CancellationToken cancellationToken);
}

/// <summary>What an engine says of itself.</summary>
/// <param name="Kind"><c>clamd</c> or <c>clamscan</c>.</param>
/// <param name="Version">For example <c>ClamAV 1.4.6</c>.</param>
/// <param name="DefinitionsVersion">
/// The number of the signed databases, or a short fingerprint of the others where there are none of those.
/// </param>
/// <param name="DefinitionsPublished">Signed databases by their header, others by their file's time.</param>
public sealed record EngineInfo(
    string Kind,
    string Version,
    string? DefinitionsVersion,
    DateTimeOffset? DefinitionsPublished);
