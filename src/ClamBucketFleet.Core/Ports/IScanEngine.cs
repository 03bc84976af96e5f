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

    /// <summary>
    /// The same for what waits behind no object and for no company: a self-test, or one of the many parts of an object
    /// that are scanned one after the other.
    /// </summary>
    Task<Verdict> ScanAtOnceAsync(Stream content, long length, CancellationToken cancellationToken) =>
        ScanAsync(content, length, cancellationToken);

    /// <summary>How well it is fed at this moment.</summary>
    ScanLoad Load => default;

    /// <summary>
    /// Waits until a content of this length may be brought without holding up smaller ones for long. What is given is
    /// disposed of after the scan; null where there is nothing to give back.
    /// </summary>
    ValueTask<IDisposable?> TurnAsync(long length, CancellationToken cancellationToken) => new((IDisposable?)null);

    /// <summary>
    /// Ends when an engine that was silent answers; never where it was not silent, or where that cannot be told.
    /// </summary>
    Task AnsweredAsync(CancellationToken cancellationToken) => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);

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

/// <summary>How well an engine is fed.</summary>
/// <param name="Wanted">Contents that should be ready, so that it never waits for one; 0 where it does not say.</param>
/// <param name="Ready">Contents that are, and wait for it.</param>
/// <param name="Confirming">Contents that were scanned, and wait together for what makes the answer count.</param>
public readonly record struct ScanLoad(int Wanted, int Ready, int Confirming = 0)
{
    /// <summary>Whether it may have to wait; always where it does not say.</summary>
    public bool IsHungry => Wanted == 0 || Ready < Wanted;
}
