using Amazon;
using Amazon.AutoScaling;
using Amazon.Runtime;
using Amazon.Runtime.Credentials;
using Amazon.RuntimeDependencies;
using Amazon.S3;
using Amazon.SecurityToken;
using Amazon.SimpleNotificationService;
using Amazon.SQS;
using ClamBucketFleet.Options;

namespace ClamBucketFleet.Aws;

/// <summary>
/// Makes clients of AWS services: what <see cref="AwsOptions"/> says, and for the rest the SDK's own chain of
/// environment, profile and instance or container role.
/// </summary>
/// <param name="options">What is configured.</param>
/// <param name="otherwise">The region where nobody names one; null where it is not known.</param>
public sealed class AwsClients(AwsOptions options, string? otherwise = null)
{
    // Objects in work hold a connection each, and every step of theirs takes another for a moment.
    private const int Connections = 128;

    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(10);

    // For a response's head. S3 sends that of a copy at once, long before the copy is done.
    private static readonly TimeSpan ResponseTimeout = TimeSpan.FromMinutes(2);

    private AWSCredentials? _role;

    /// <summary>A client of S3. The caller disposes it.</summary>
    /// <param name="timeout">Until an answer begins, which is after all of an upload was sent; null is two minutes.</param>
    /// <exception cref="FatalConfigurationException">No region is known.</exception>
    public S3Client S3(TimeSpan? timeout = null)
    {
        var s3 = S3Config();
        s3.Timeout = timeout ?? ResponseTimeout;
        return Create(s3, (credentials, config) => credentials is null
            ? new S3Client(config)
            : new S3Client(credentials, config));
    }

    /// <summary>A client of SQS. The caller disposes it.</summary>
    /// <exception cref="FatalConfigurationException">No region is known.</exception>
    public AmazonSQSClient Sqs() => Create(Configure(new AmazonSQSConfig()), (credentials, config) => credentials is null
        ? new AmazonSQSClient(config)
        : new AmazonSQSClient(credentials, config));

    /// <summary>A client of SNS. The caller disposes it.</summary>
    /// <exception cref="FatalConfigurationException">No region is known.</exception>
    public AmazonSimpleNotificationServiceClient Sns() =>
        Create(Configure(new AmazonSimpleNotificationServiceConfig()), (credentials, config) => credentials is null
            ? new AmazonSimpleNotificationServiceClient(config)
            : new AmazonSimpleNotificationServiceClient(credentials, config));

    /// <summary>A client of STS, as whoever the other clients are. The caller disposes it.</summary>
    /// <exception cref="FatalConfigurationException">No region is known.</exception>
    public AmazonSecurityTokenServiceClient Sts() =>
        Create(Configure(new AmazonSecurityTokenServiceConfig()), (credentials, config) => credentials is null
            ? new AmazonSecurityTokenServiceClient(config)
            : new AmazonSecurityTokenServiceClient(credentials, config));

    /// <summary>
    /// A client of EC2 Auto Scaling, with the instance's own credentials: its group is of its own account, whatever role
    /// the buckets need. The caller disposes it.
    /// </summary>
    /// <param name="region">Where the instance runs; null for the region of the other clients.</param>
    /// <exception cref="FatalConfigurationException">No region is known.</exception>
    public AmazonAutoScalingClient AutoScaling(string? region)
    {
        var config = Configure(new AmazonAutoScalingConfig(), region);
        return new AmazonAutoScalingClient(config);
    }

    /// <summary>
    /// How S3 is talked to. The SDK compares no checksums of its own accord: the reader of a body does, over all its
    /// ranges.
    /// </summary>
    public AmazonS3Config S3Config()
    {
        var config = Configure(new AmazonS3Config());
        config.ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED;

        // Stand-ins for S3 have one host name, and none for every bucket.
        config.ForcePathStyle = config.ServiceURL is not null;
        return config;
    }

    /// <summary>Sets what every client has in common, whatever the service.</summary>
    /// <param name="config">What it is set in.</param>
    /// <param name="certain">A region that holds whatever is configured.</param>
    /// <exception cref="FatalConfigurationException">No region is known.</exception>
    public TConfig Configure<TConfig>(TConfig config, string? certain = null)
        where TConfig : ClientConfig
    {
        var region = certain ?? options.Region ?? config.RegionEndpoint?.SystemName ?? otherwise;
        if (config.ServiceURL is { } endpoint)
        {
            // Of the environment's or the profile's endpoint the SDK's own check of the region knows nothing.
            config.ServiceURL = endpoint;
            config.AuthenticationRegion = region;
        }
        else if (region is not null)
        {
            config.RegionEndpoint = RegionEndpoint.GetBySystemName(region);
        }
        else
        {
            throw new FatalConfigurationException(
                "No AWS region is known. Set Aws:Region, or AWS_REGION in the environment.");
        }

        config.RetryMode = RequestRetryMode.Standard;
        config.ConnectTimeout = ConnectTimeout;
        config.Timeout = ResponseTimeout;
        config.MaxConnectionsPerServer = Connections;
        return config;
    }

    /// <summary>Makes a client with the role's credentials, or null for those of the SDK's chain.</summary>
    public TClient Create<TClient, TConfig>(TConfig config, Func<AWSCredentials?, TConfig, TClient> make) =>
        make(options.AssumeRoleArn is { } arn ? _role ??= Assume(arn) : null, config);

    private AssumeRoleAWSCredentials Assume(string arn)
    {
        var own = DefaultAWSCredentialsIdentityResolver.GetCredentials();
        var config = Configure(new AmazonSecurityTokenServiceConfig());

        // The SDK would find its STS client by reflection, and ask the environment alone for the region.
        // A web identity is exchanged without credentials: they are what it is exchanged for.
        GlobalRuntimeDependencyRegistry.Instance.RegisterSecurityTokenServiceClient(context =>
            new AmazonSecurityTokenServiceClient(
                context.SecurityTokenServiceClientContextData.Action
                    == SecurityTokenServiceClientContext.ActionContext.AssumeRoleAWSCredentials
                    ? own
                    : new AnonymousAWSCredentials(),
                config));
        return new AssumeRoleAWSCredentials(own, arn, "clambucketfleet");
    }
}
