using System.Collections.Concurrent;

namespace ClamBucketFleet.Core.Tests.Fakes;

/// <summary>Keeps the alerts that were taken.</summary>
internal sealed class FakeAlerts(ConcurrentQueue<string> journal) : IAlertPublisher
{
    public ConcurrentQueue<Alert> Taken { get; } = [];

    public Func<Alert, Exception?> Failure { get; set; } = _ => null;

    public Task PublishAsync(Alert alert, CancellationToken cancellationToken)
    {
        journal.Enqueue($"publish {alert.Status} {alert.Action}");
        if (Failure(alert) is { } failure)
            return Task.FromException(failure);
        Taken.Enqueue(alert);
        return Task.CompletedTask;
    }
}
