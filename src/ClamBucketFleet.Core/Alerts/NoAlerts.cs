namespace ClamBucketFleet;

/// <summary>Where no topic is configured: alerts go nowhere, the log has every verdict.</summary>
public sealed class NoAlerts : IAlertPublisher
{
    public Task PublishAsync(Alert alert, CancellationToken cancellationToken) => Task.CompletedTask;
}
