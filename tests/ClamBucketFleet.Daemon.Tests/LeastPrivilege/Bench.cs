using System.Globalization;
using Amazon.S3.Model;
using Amazon.SQS.Model;
using ClamBucketFleet.Daemon.Tests.Cli;
using ClamBucketFleet.Daemon.Tests.Run;
using ClamBucketFleet.Options;
using ClamBucketFleet.TestKit;

namespace ClamBucketFleet.Daemon.Tests.LeastPrivilege;

/// <summary>
/// One test's place at a stack that others use before and after it: buckets that the stack may work on, and the real
/// daemon with the stack's configuration and a session of its role.
/// </summary>
internal sealed class Bench : IAsyncDisposable
{
    // Nobody's policy changes while a test runs: what was refused so often will be refused for ever.
    private const int EnoughRefusals = 3;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(100);

    private readonly MotoServer _moto;
    private readonly List<ReceivedAlert> _alerts = [];
    private readonly string _name = AwsStage.Unique()[..8];
    private string _subscriber = "";
    private string _configuration = "";
    private int _buckets;

    private Bench(MotoServer moto, ClamdServer clamd, StackRole role)
    {
        (_moto, Role) = (moto, role);
        Aws = new AwsStage(moto);
        Stage = new Stage().With(moto).With(clamd);
        // A long poll outlives whoever asked: it would take the next test's message, for as long as a lease lasts.
        Stage[Settings.QueueWaitTime] = "0s";
    }

    public AwsStage Aws { get; }

    public Stage Stage { get; }

    public StackRole Role { get; }

    public RoleSession Session { get; private set; } = null!;

    public string Queue => Role.Outputs["ScanQueueUrl"];

    public MotoServer Moto => _moto;

    public string CleanBucket => Role.OwnBuckets.GetValueOrDefault("CleanBucketName", "");

    public string QuarantineBucket =>
        Role.Outputs.GetValueOrDefault("QuarantineBucketName") ?? Role.OwnBuckets.GetValueOrDefault("QuarantineBucketName", "");

    /// <param name="moto">Where the stack is.</param>
    /// <param name="clamd">Who scans.</param>
    /// <param name="role">The stack, with what a test before left there.</param>
    /// <param name="without">What is taken out of the role; null: nothing.</param>
    public static async Task<Bench> CreateAsync(MotoServer moto, ClamdServer clamd, StackRole role, Grant? without)
    {
        var bench = new Bench(moto, clamd, role);
        try
        {
            await bench.ClearAsync();
            await bench.BecomeAsync(without);
            return bench;
        }
        catch
        {
            await bench.DisposeAsync();
            throw;
        }
    }

    /// <summary>A bucket that the stack's parameters name.</summary>
    public async Task<string> BucketAsync(VersionStatus? versions = null)
    {
        var bucket = $"{Role.Name}-in-{_name}-{++_buckets}";
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

    /// <summary>Runs it to its end, or until it has been refused the same so often that it would go on trying for ever.</summary>
    public async Task<CommandResult> RunAsync(params string[] arguments)
    {
        await using var process = Start(arguments);
        await Eventually.UntilAsync(
            async _ => process.HasExited || (await Session.RefusedAsync()).Values.Any(times => times >= EnoughRefusals),
            Patience, Stage.Cancellation);
        if (!process.HasExited) await process.KillAsync();
        var exitCode = await process.WaitForExitAsync(Stage.Cancellation);
        return new CommandResult(exitCode, process.Output.ToString(), process.Error.ToString());
    }

    public ChildProcess Start(params string[] arguments) => Stage.Start([.. arguments, .. Configured]);

    /// <summary>Messages that the daemon has taken and not deleted.</summary>
    public async Task<int> InFlightAsync()
    {
        const string Name = "ApproximateNumberOfMessagesNotVisible";
        var request = new GetQueueAttributesRequest { QueueUrl = Queue, AttributeNames = [Name] };
        return int.Parse((await Aws.Sqs.GetQueueAttributesAsync(request, Stage.Cancellation)).Attributes![Name], CultureInfo.InvariantCulture);
    }

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

    private async Task ClearAsync()
    {
        foreach (var queue in new[] { Queue, Role.Outputs["DeadLetterQueueUrl"] })
            await Aws.CallAsync("sqs", "ResponseMetadata", ("Action", "PurgeQueue"), ("QueueUrl", queue));
        var existing = (await Aws.S3.ListBucketsAsync(Stage.Cancellation)).Buckets ?? [];
        string?[] kept = [QuarantineBucket, CleanBucket, Role.Outputs.GetValueOrDefault("DefinitionsBucketName")];
        foreach (var bucket in existing.Select(bucket => bucket.BucketName).Intersect(kept.OfType<string>()))
            await EmptyAsync(bucket);
        foreach (var bucket in Role.OwnBuckets.Values)
        {
            // Made anew: versions cannot be forgotten by a bucket that once had them.
            if (existing.Any(known => known.BucketName == bucket))
                await Aws.S3.DeleteBucketAsync(bucket, Stage.Cancellation);
            await _moto.CreateBucketAsync(bucket, versioned: false, Stage.Cancellation);
        }
    }

    private async Task EmptyAsync(string bucket)
    {
        foreach (var version in (await Aws.S3.ListVersionsAsync(bucket, Stage.Cancellation)).Versions ?? [])
            await Aws.S3.DeleteObjectAsync(bucket, version.Key, version.VersionId, Stage.Cancellation);
        foreach (var upload in (await Aws.S3.ListMultipartUploadsAsync(bucket, Stage.Cancellation)).MultipartUploads ?? [])
            await Aws.S3.AbortMultipartUploadAsync(bucket, upload.Key, upload.UploadId, Stage.Cancellation);
    }

    private async Task BecomeAsync(Grant? without)
    {
        Session = await Role.AssumeAsync(without);
        foreach (var variable in Session.Variables) Stage.Set(variable);
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
