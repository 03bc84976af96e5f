using Amazon.SimpleNotificationService;
using ClamBucketFleet.Aws.Alerts;
using ClamBucketFleet.Options;

namespace ClamBucketFleet.Daemon.Hosting;

/// <summary>Alerts to the topic that is configured when they are sent; nowhere without one.</summary>
internal sealed class CurrentTopic(CurrentOptions current, Lazy<AmazonSimpleNotificationServiceClient> sns) : IAlertPublisher
{
    public Task PublishAsync(Alert alert, CancellationToken cancellationToken) =>
        current.Value.Alerts.TopicArn is { } topic
            ? new SnsAlertPublisher(sns.Value, topic).PublishAsync(alert, cancellationToken)
            : Task.CompletedTask;
}
