using Amazon.S3;
using Amazon.S3.Model;
using Amazon.SecurityToken.Model;
using Amazon.SimpleNotificationService;
using Amazon.SimpleNotificationService.Model;
using ClamBucketFleet.Aws.Objects;

namespace ClamBucketFleet.Aws;

/// <summary>Questions that change nothing, for <c>check</c>. Each answers with a line for a person.</summary>
public sealed class AwsProbe(AwsClients clients, IAmazonS3 s3, IAmazonSimpleNotificationService sns)
{
    /// <summary>Who the program is to AWS.</summary>
    /// <exception cref="TryAgainException">No credentials, or they are not accepted.</exception>
    public async Task<string> CallerAsync(CancellationToken cancellationToken)
    {
        try
        {
            using var sts = clients.Sts();
            var caller = await sts.GetCallerIdentityAsync(new GetCallerIdentityRequest(), cancellationToken).ConfigureAwait(false);
            return caller.Arn;
        }
        catch (Exception e) when (e is not (OperationCanceledException or FatalConfigurationException))
        {
            throw AwsFailures.Translate(e, "Asking AWS who this program is");
        }
    }

    /// <summary>Whether the topic is there.</summary>
    public async Task<string> TopicAsync(string arn, CancellationToken cancellationToken)
    {
        try
        {
            var topic = await sns.GetTopicAttributesAsync(new GetTopicAttributesRequest { TopicArn = arn }, cancellationToken).ConfigureAwait(false);
            var subscribers = topic.Attributes?.GetValueOrDefault("SubscriptionsConfirmed") ?? "0";
            return $"{arn}, confirmed subscriptions: {subscribers}";
        }
        catch (Amazon.SimpleNotificationService.Model.NotFoundException e)
        {
            throw new NotFoundException(
                $"There is no topic {arn}: create it, or correct Alerts:TopicArn, its account and its region.", e);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            throw AwsFailures.Translate(e, $"Looking at the topic {arn} (Alerts:TopicArn)");
        }
    }

    /// <summary>Whether the bucket is there and may be looked into.</summary>
    public async Task<string> BucketAsync(string bucket, CancellationToken cancellationToken)
    {
        try
        {
            await s3.ListObjectsV2Async(new ListObjectsV2Request { BucketName = bucket, MaxKeys = 1 }, cancellationToken).ConfigureAwait(false);
            return $"{bucket} can be listed";
        }
        catch (AmazonS3Exception e) when (e.IsNoSuchBucket())
        {
            throw new NotFoundException($"There is no bucket {bucket}: create it, or correct the setting that names it.", e);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            throw AwsFailures.Translate(e, $"Listing the bucket {bucket}");
        }
    }
}
