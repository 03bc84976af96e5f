namespace ClamBucketFleet.ClamAv;

/// <summary>An engine whose settings are somebody else's, and may hide that it did not look into an object.</summary>
internal interface ISettingsProbed
{
    /// <exception cref="ScannerUnavailableException">They do; the message names every line to change.</exception>
    /// <exception cref="TryAgainException">There was no answer.</exception>
    Task ProveSettingsAsync(CancellationToken cancellationToken);
}
