namespace ClamBucketFleet;

/// <summary>Where alerts go. An alert may come twice, never not at all.</summary>
public interface IAlertPublisher
{
    /// <summary>Returns when the service has taken the alert.</summary>
    /// <exception cref="TryAgainException">It has not: nothing irreversible may follow.</exception>
    Task PublishAsync(Alert alert, CancellationToken cancellationToken);
}
