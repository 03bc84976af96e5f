using Amazon.S3.Model;
using ClamBucketFleet.Daemon.Tests.Cli;
using ClamBucketFleet.Daemon.Tests.Run;
using ClamBucketFleet.Options;
using ClamBucketFleet.TestKit;

namespace ClamBucketFleet.Daemon.Tests.LeastPrivilege;

/// <summary>A stack, buckets that it may work on, and the real daemon with the stack's configuration and role.</summary>
internal sealed class Bench : IAsyncDisposable
{
    /// <summary>Stands in parameters for a name that no other bench has.</summary>
    public const string OwnName = "{name}";

    private static readonly string[] NamesOfBuckets = ["CleanBucketName", "QuarantineBucketName"];

    private readonly MotoServer _moto;
    private readonly List<ReceivedAlert> _alerts = [];
    private string _subscriber = "";
    private string _configuration = "";
    private int _buckets;

    private Bench(MotoServer moto, ClamdServer clamd)
    {
        _moto = moto;
        Aws = new AwsStage(moto);
        Stage = new Stage().With(moto).With(clamd);
        Stage[Settings.QueueWaitTime] = "1s";
    }

    public AwsStage Aws { get; }

    public Stage Stage { get; }

    public StackRole Role { get; private set; } = null!;

    public string Queue => Role.Outputs["ScanQueueUrl"];

    public MotoServer Moto => _moto;

    /// <param name="moto">Where the stack is made.</param>
    /// <param name="clamd">Who scans.</param>
    /// <param name="parameters">Of the stack, beyond those that are the same for all; see <see cref="OwnName"/>.</param>
    /// <param name="without">What is taken out of the role; null: nothing.</param>
    public static async Task<Bench> CreateAsync(
        MotoServer moto, ClamdServer clamd, IReadOnlyDictionary<string, string> parameters, Grant? without)
    {
        var bench = new Bench(moto, clamd);
        try
        {
            var name = AwsStage.Unique()[..12];
            var all = parameters.ToDictionary(p => p.Key, p => p.Value.Replace(OwnName, name, StringComparison.Ordinal));
            foreach (var bucket in NamesOfBuckets.Where(all.ContainsKey))
                await moto.CreateBucketAsync(all[bucket], versioned: false, Stage.Cancellation);
            (all["BucketNames"], all["AlertsPublish"]) = ($"{name}-in-*", "all");
            bench.Role = await StackRole.CreateAsync(moto, bench.Aws, name, all);
            bench.CleanBucket = all.GetValueOrDefault("CleanBucketName", "");
            bench.QuarantineBucket = bench.Role.Outputs.GetValueOrDefault("QuarantineBucketName")
                ?? all.GetValueOrDefault("QuarantineBucketName", "");
            if (without is not null) await bench.Role.TakeAsync(without);
            await bench.BecomeAsync();
            return bench;
        }
        catch
        {
            await bench.DisposeAsync();
            throw;
        }
    }

    public string CleanBucket { get; private set; } = "";

    public string QuarantineBucket { get; private set; } = "";

    /// <summary>A bucket that the stack's parameters name.</summary>
    public async Task<string> BucketAsync(VersionStatus? versions = null)
    {
        var bucket = $"{Role.Name}-in-{++_buckets}";
        await _moto.CreateBucketAsync(bucket, versioned: versions is not null, Stage.Cancellation);
        if (versions == VersionStatus.Suspended) await SetVersioningAsync(bucket, Amazon.S3.VersionStatus.Suspended);
        return bucket;
    }

    public Task RequestAsync(string bucket, string key, string? versionId = null) => Aws.SendAsync(
        Queue, versionId is null
            ? $$"""{"bucket":"{{bucket}}","key":"{{key}}"}"""
            : $$"""{"bucket":"{{bucket}}","key":"{{key}}","versionId":"{{versionId}}"}""");

    /// <summary>Has the daemon work until the queue is empty.</summary>
    public Task<CommandResult> DrainAsync() => RunAsync("run", "--drain", "--idle", "1s");

    /// <summary>Has it do with one object what it would do with its message.</summary>
    public Task<CommandResult> ApplyAsync(string bucket, string key, string? versionId = null) => versionId is null
        ? RunAsync("scan", $"s3://{bucket}/{key}", "--apply")
        : RunAsync("scan", $"s3://{bucket}/{key}", "--apply", "--version-id", versionId);

    public Task<CommandResult> RunAsync(params string[] arguments) => Stage.RunAsync([.. arguments, .. Configured]);

    public ChildProcess Start(params string[] arguments) => Stage.Start([.. arguments, .. Configured]);

    /// <summary>What the subscriber got so far, as <c>STATUS ACTION key</c>.</summary>
    public async Task<IReadOnlyList<string>> AlertsAsync()
    {
        while (await Aws.TakeAsync(_subscriber) is { } body) _alerts.Add(ReceivedAlert.Parse(body));
        return [.. _alerts.Select(alert => $"{alert.Status} {alert.Action} {alert.Key}")];
    }

    public async Task<IReadOnlyDictionary<string, string>> TagsAsync(string bucket, string key, string? versionId = null)
    {
        var tags = await Aws.S3.GetObjectTaggingAsync(
            new GetObjectTaggingRequest { BucketName = bucket, Key = key, VersionId = versionId }, Stage.Cancellation);
        return (tags.Tagging ?? []).ToDictionary(tag => tag.Key, tag => tag.Value);
    }

    public async Task<IReadOnlyList<string>> VersionsAsync(string bucket) =>
        [.. ((await Aws.S3.ListVersionsAsync(bucket, Stage.Cancellation)).Versions ?? []).Select(version => version.VersionId)];

    public async ValueTask DisposeAsync()
    {
        Aws.Dispose();
        Stage.Dispose();
        await ValueTask.CompletedTask;
    }

    private string[] Configured => ["--config", _configuration];

    private async Task BecomeAsync()
    {
        foreach (var variable in await Role.CredentialsAsync()) Stage.Set(variable);
        var content = await Role.ConfigurationAsync();
        _configuration = Stage.Directory.Write("stack.json", System.Text.Encoding.UTF8.GetBytes(content));
        _subscriber = await Aws.CreatePlainQueueAsync();
        await Aws.CallAsync("sns", "SubscriptionArn",
            ("Action", "Subscribe"), ("TopicArn", Role.Outputs["FindingsTopicArn"]), ("Protocol", "sqs"),
            ("Endpoint", Scene.Arn(_subscriber)),
            ("Attributes.entry.1.key", "RawMessageDelivery"), ("Attributes.entry.1.value", "true"));
    }

    public Task SetVersioningAsync(string bucket, Amazon.S3.VersionStatus status) => Aws.S3.PutBucketVersioningAsync(
        new PutBucketVersioningRequest
        {
            BucketName = bucket,
            VersioningConfig = new S3BucketVersioningConfig { Status = status },
        }, Stage.Cancellation);

    /// <summary>What a bucket knows of versions.</summary>
    public enum VersionStatus
    {
        Enabled,
        Suspended,
    }
}
