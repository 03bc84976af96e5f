using Amazon.S3;
using Amazon.SimpleNotificationService;
using Amazon.SQS;
using ClamBucketFleet.Aws;
using ClamBucketFleet.Aws.Definitions;
using ClamBucketFleet.Aws.Instance;
using ClamBucketFleet.Aws.Objects;
using ClamBucketFleet.Aws.Queue;
using ClamBucketFleet.ClamAv;
using ClamBucketFleet.Options;
using ClamBucketFleet.Pipeline;
using Microsoft.Extensions.Logging;

namespace ClamBucketFleet.Daemon.Hosting;

/// <summary>The parts of the program put together. What needs AWS is made when it is first asked for.</summary>
internal sealed class Fleet : IAsyncDisposable
{
    // The whole of a database is sent before an answer begins: 300 MB at 3 Mbit/s.
    private static readonly TimeSpan UploadTimeout = TimeSpan.FromMinutes(15);

    private readonly ILoggerFactory _loggers;
    private readonly TimeProvider _time;
    private readonly AwsClients _aws;
    private readonly Lazy<AmazonS3Client> _s3;
    private readonly Lazy<AmazonS3Client> _uploads;
    private readonly Lazy<AmazonSQSClient> _sqs;
    private readonly Lazy<AmazonSimpleNotificationServiceClient> _sns;
    private readonly Lazy<IObjectStore> _store;
    private readonly Lazy<DispositionSteps> _steps;
    private readonly AutoScalingInstanceGroup? _group;

    public Fleet(FleetOptions options, ILoggerFactory loggers, TimeProvider time)
    {
        Current = new CurrentOptions(options, time);
        _loggers = loggers;
        _time = time;
        _aws = new AwsClients(options.Aws, options.Queue.Region);
        _s3 = new(() => _aws.S3());
        _uploads = new(() => _aws.S3(UploadTimeout));
        _sqs = new(_aws.Sqs);
        _sns = new(_aws.Sns);
        _store = new(() => new S3ObjectStore(_s3.Value, time));
        _steps = new(CreateSteps);
        Engine = EngineFactory.Create(options.Scan, loggers, time);
        Fitness = new ScannerFitness(
            Engine,
            cancellationToken => SelfTest.RunAsync(Engine, cancellationToken),
            Current,
            loggers.CreateLogger<ScannerFitness>(),
            time);
        Metadata = InstanceMetadata.FromEnvironment(time);
        if (Metadata is not null)
            _group = new AutoScalingInstanceGroup(Metadata, _aws.AutoScaling, loggers.CreateLogger<AutoScalingInstanceGroup>(), time);
        Alerts = new AlertFactory(InstanceName.Read(), time);
        Scanner = new ContentScanner(Engine, Fitness, time);
    }

    /// <summary>The configuration, which a reload changes.</summary>
    public CurrentOptions Current { get; }

    public FleetOptions Options => Current.Value;

    public IScanEngine Engine { get; }

    /// <summary>Of the machine; null where the environment says that it is not to be asked.</summary>
    public InstanceMetadata? Metadata { get; }

    /// <summary>Who ends and replaces the machine; null where that is not to be asked.</summary>
    public IInstanceGroup? Group => _group;

    public ScannerFitness Fitness { get; }

    public ContentScanner Scanner { get; }

    public AlertFactory Alerts { get; }

    public DispositionSteps Steps => _steps.Value;

    /// <summary>What <c>check</c> asks of AWS beyond the way of an object.</summary>
    public AwsProbe Probe => new(_aws, _s3.Value, _sns.Value);

    /// <summary>clamd, whichever engine is in use.</summary>
    public ClamdEngine Clamd() => EngineFactory.CreateClamd(Options.Scan, _loggers, _time);

    /// <summary>The scan queue, polled for at most <paramref name="waitTime"/>.</summary>
    public IScanQueue Queue(TimeSpan waitTime) =>
        new SqsScanQueue(_sqs.Value, Options.Queue with { WaitTime = waitTime });

    /// <summary>What the engine's proofs lead to.</summary>
    public FitnessConsequences Consequences(IScanQueue queue) =>
        new(queue, Publisher(), Alerts, _loggers.CreateLogger<FitnessConsequences>());

    /// <summary>What alerts of definitions that cannot be renewed.</summary>
    public UpdateAlerts UpdateAlerts() => new(
        Options.Scan.DatabaseDirectory,
        Options.Alerts.Publish.Contains(Statuses.ProcessingError) ? Publisher() : new NoAlerts(),
        Alerts,
        Options.Scan.MaxDefinitionsAge,
        _loggers,
        _time);

    /// <summary>The fleet's mirror of the definitions; null where none is configured.</summary>
    public Mirroring? DefinitionsMirror() => Options.DefinitionsMirror.Bucket is null
        ? null
        : new Mirroring(
            new S3DefinitionsMirror(
                _s3.Value,
                Options.DefinitionsMirror,
                _loggers.CreateLogger<S3DefinitionsMirror>(),
                _time,
                uploads: _uploads.Value),
            InstanceName.Read());

    /// <summary>The way of one object.</summary>
    public ObjectProcessor Processor() =>
        new(_store.Value, Scanner, Steps, Current, _loggers.CreateLogger<ObjectProcessor>());

    public async ValueTask DisposeAsync()
    {
        await Engine.DisposeAsync().ConfigureAwait(false);
        if (_s3.IsValueCreated)
            _s3.Value.Dispose();
        if (_uploads.IsValueCreated)
            _uploads.Value.Dispose();
        if (_sqs.IsValueCreated)
            _sqs.Value.Dispose();
        if (_sns.IsValueCreated)
            _sns.Value.Dispose();
        _group?.Dispose();
        Metadata?.Dispose();
    }

    private CurrentTopic Publisher() => new(Current, _sns);

    private DispositionSteps CreateSteps() => new(
        _store.Value,
        Publisher(),
        Alerts,
        Current,
        _loggers.CreateLogger<DispositionSteps>(),
        _time);
}
