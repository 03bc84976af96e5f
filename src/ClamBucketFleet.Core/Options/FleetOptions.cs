namespace ClamBucketFleet.Options;

/// <summary>The whole configuration, read and validated. Keys, defaults and limits: <see cref="Settings"/>.</summary>
public sealed record FleetOptions(
    QueueOptions Queue,
    ScanOptions Scan,
    FilterOptions Filter,
    BucketPolicy Policy,
    IReadOnlyDictionary<string, BucketPolicy> Buckets,
    AlertOptions Alerts,
    AwsOptions Aws,
    Destination DefinitionsMirror,
    TimeSpan Drain,
    LogOptions Log)
{
    /// <summary>Every value by its key, those of single buckets included; lists as text.</summary>
    public IReadOnlyDictionary<string, object> Values { get; init; } = new Dictionary<string, object>();

    /// <summary>What is done with this bucket's objects.</summary>
    public BucketPolicy PolicyFor(string bucket) => Buckets.GetValueOrDefault(bucket, Policy);

    /// <summary>Whether any policy puts infected or unscannable objects there.</summary>
    public bool IsQuarantine(string bucket, string key) => Policies.Any(policy =>
        (policy.Infected == InfectedAction.Quarantine || policy.Unscannable == UnscannableAction.Quarantine)
        && policy.Quarantine.Contains(bucket, key));

    /// <summary>Whether any policy moves clean objects there.</summary>
    public bool IsCleanDestination(string bucket, string key) => Policies.Any(policy =>
        policy.Clean == CleanAction.Move && policy.CleanDestination.Contains(bucket, key));

    private IEnumerable<BucketPolicy> Policies => Buckets.Values.Prepend(Policy);
}

/// <summary>The scan queue. Times as SQS has them.</summary>
public sealed record QueueOptions(string? Url, string? DeadLetterUrl, TimeSpan WaitTime, TimeSpan VisibilityTimeout)
{
    /// <summary>The region that the URL names, as in sqs.eu-west-1.amazonaws.com; null where it names none.</summary>
    public string? Region
    {
        get
        {
            var labels = Uri.TryCreate(Url, UriKind.Absolute, out var url) ? url.Host.Split('.') : [];
            var service = Array.IndexOf(labels, "sqs");
            return service >= 0 && service + 3 < labels.Length ? labels[service + 1] : null;
        }
    }
}

/// <summary>How objects are scanned. Sizes in bytes.</summary>
public sealed record ScanOptions(
    EngineKind Engine,
    string ClamdAddress,
    string ClamscanPath,
    TimeSpan ClamscanWait,
    string DatabaseDirectory,
    int Concurrency,
    long MaxObjectSize,
    LargeObjects LargeObjects,
    TimeSpan Timeout,
    string SpoolDirectory,
    long SpoolLimit,
    TimeSpan MaxDefinitionsAge,
    bool SelfTest);

/// <summary>Glob patterns on <c>bucket/key</c>.</summary>
public sealed record FilterOptions(IReadOnlyList<string> Include, IReadOnlyList<string> Exclude);

/// <summary>What is done with the objects of a bucket, by verdict.</summary>
public sealed record BucketPolicy(
    InfectedAction Infected,
    CleanAction Clean,
    UnscannableAction Unscannable,
    Destination Quarantine,
    Destination CleanDestination,
    TagOptions Tags);

/// <summary>A place in S3; <see cref="Bucket"/> is null where none is configured.</summary>
public sealed record Destination(string? Bucket, string Prefix)
{
    /// <summary>Whether an object lies there.</summary>
    public bool Contains(string bucket, string key) =>
        Bucket == bucket && key.StartsWith(Prefix, StringComparison.Ordinal);
}

/// <summary>Keys and values of the tags that are written.</summary>
public sealed record TagOptions(
    string StatusKey,
    string TimestampKey,
    string SignatureKey,
    string Clean,
    string Infected,
    string Unscannable,
    string Error);

/// <summary>Where alerts go, and for which statuses.</summary>
public sealed record AlertOptions(string? TopicArn, IReadOnlySet<string> Publish);

/// <summary>What the SDK's own chain does not know.</summary>
public sealed record AwsOptions(string? Region, string? AssumeRoleArn);

/// <summary>Where logs go and from which level on.</summary>
public sealed record LogOptions(LogThreshold Level, string Directory);

/// <summary>Which engine scans.</summary>
public enum EngineKind
{
    /// <summary>clamd where it answers, else clamscan.</summary>
    Auto,
    Clamd,
    Clamscan,
}

/// <summary>What is done with an object over <c>Scan:MaxObjectSize</c>.</summary>
public enum LargeObjects
{
    /// <summary>It is not read.</summary>
    Skip,

    /// <summary>It is looked into, member by member or window by window.</summary>
    Inspect,
}

/// <summary>What is done with an infected object.</summary>
public enum InfectedAction
{
    Delete,
    Quarantine,
    Tag,
    None,
}

/// <summary>What is done with a clean object.</summary>
public enum CleanAction
{
    None,
    Tag,
    Move,
}

/// <summary>What is done with an object on which no verdict is possible.</summary>
public enum UnscannableAction
{
    None,
    Tag,
    Quarantine,
}

/// <summary>From which level on log lines are written, in the words of the configuration.</summary>
public enum LogThreshold
{
    Trace,
    Debug,
    Information,
    Warning,
    Error,
}
