using Amazon.SimpleNotificationService;
using Amazon.SimpleNotificationService.Model;

namespace ClamBucketFleet.Aws.Alerts;

/// <summary>Alerts to an SNS topic.</summary>
public sealed class SnsAlertPublisher(IAmazonSimpleNotificationService sns, string topicArn) : IAlertPublisher
{
    public async Task PublishAsync(Alert alert, CancellationToken cancellationToken)
    {
        var request = new PublishRequest
        {
            TopicArn = topicArn,
            Subject = AlertRenderer.Subject(alert),
            MessageStructure = "json",
            Message = SnsMessage.Render(alert),
            MessageAttributes = SnsMessage.Attributes(alert),
        };
        var doing = $"Publishing the alert on {SafeText.Escape($"{alert.Bucket}/{alert.Key}")} to "
            + SafeText.Escape(topicArn);
        try
        {
            await sns.PublishAsync(request, cancellationToken).ConfigureAwait(false);
        }
        catch (Amazon.SimpleNotificationService.Model.NotFoundException e)
        {
            throw new TryAgainException($"{doing}: there is no such topic. Check Alerts:TopicArn.", e);
        }
        catch (Exception e) when (AwsFailures.Translate(e, doing) is var translated && translated != e)
        {
            throw translated;
        }
    }
}
