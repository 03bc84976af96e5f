using System.Globalization;

namespace ClamBucketFleet.Options;

/// <summary>
/// Every key that the configuration knows. The README carries the same table, and a test holds the two against each
/// other.
/// </summary>
public static class Settings
{
    public static readonly Setting<string> QueueUrl = Url("Queue:Url");
    public static readonly Setting<string> QueueDeadLetterUrl = Url("Queue:DeadLetterUrl");
    public static readonly Setting<TimeSpan> QueueWaitTime = Duration("Queue:WaitTime", "20s", "0s", "20s");

    public static readonly Setting<TimeSpan> QueueVisibilityTimeout =
        Duration("Queue:VisibilityTimeout", "2m", "1s", "12h");

    public static readonly Setting<EngineKind> ScanEngine =
        Choice<EngineKind>("Scan:Engine", "auto", new("auto", EngineKind.Auto), new("clamd", EngineKind.Clamd), new("clamscan", EngineKind.Clamscan));

    public static readonly Setting<string> ScanClamdAddress = Text("Scan:ClamdAddress", "/run/clamav/clamd.ctl",
        "a Unix socket's path, or tcp://host:port", IsClamdAddress);

    public static readonly Setting<string> ScanClamscanPath =
        Text("Scan:ClamscanPath", "clamscan", "a program's name or path", text => text.Length > 0);

    public static readonly Setting<TimeSpan> ScanClamscanWait = Duration("Scan:ClamscanWait", "5s", "0s", "10m");
    public static readonly Setting<string> ScanDatabaseDirectory = Directory("Scan:DatabaseDirectory", "/var/lib/clamav");
    public static readonly Setting<int> ScanConcurrency = Number("Scan:Concurrency", "0", 0, 1000);
    public static readonly Setting<long> ScanMaxObjectSize = Size("Scan:MaxObjectSize", "2147483647");

    public static readonly Setting<LargeObjects> ScanLargeObjects = Choice<LargeObjects>("Scan:LargeObjects", "skip",
        new("skip", LargeObjects.Skip), new("inspect", LargeObjects.Inspect));

    public static readonly Setting<TimeSpan> ScanTimeout = Duration("Scan:Timeout", "10m", "1ms", "11h");

    public static readonly Setting<string> ScanSpoolDirectory =
        Directory("Scan:SpoolDirectory", "/var/lib/clambucketfleet/spool");

    public static readonly Setting<long> ScanSpoolLimit = Size("Scan:SpoolLimit", "0");

    public static readonly Setting<TimeSpan> ScanMaxDefinitionsAge =
        Duration("Scan:MaxDefinitionsAge", "2d", "1s", "3650d");

    public static readonly Setting<bool> ScanSelfTest = Flag("Scan:SelfTest", "true");
    public static readonly Setting<IReadOnlyList<string>> FilterInclude = Globs("Filter:Include");
    public static readonly Setting<IReadOnlyList<string>> FilterExclude = Globs("Filter:Exclude");

    public static readonly Setting<InfectedAction> InfectedAction = Choice<Options.InfectedAction>("Infected:Action", "delete",
        new("delete", Options.InfectedAction.Delete), new("quarantine", Options.InfectedAction.Quarantine),
        new("tag", Options.InfectedAction.Tag), new("none", Options.InfectedAction.None));

    public static readonly Setting<CleanAction> CleanAction = Choice<Options.CleanAction>("Clean:Action", "none",
        new("none", Options.CleanAction.None), new("tag", Options.CleanAction.Tag), new("move", Options.CleanAction.Move));

    public static readonly Setting<UnscannableAction> UnscannableAction = Choice<Options.UnscannableAction>("Unscannable:Action", "none",
        new("none", Options.UnscannableAction.None), new("tag", Options.UnscannableAction.Tag),
        new("quarantine", Options.UnscannableAction.Quarantine));

    public static readonly Setting<string> QuarantineBucket = Bucket("Quarantine:Bucket");
    public static readonly Setting<string> QuarantinePrefix = Prefix("Quarantine:Prefix");
    public static readonly Setting<string> CleanBucket = Bucket("Clean:Bucket");
    public static readonly Setting<string> CleanPrefix = Prefix("Clean:Prefix");
    public static readonly Setting<string> TagsStatusKey = TagKey("Tags:StatusKey", "av-status");
    public static readonly Setting<string> TagsTimestampKey = TagKey("Tags:TimestampKey", "av-timestamp");
    public static readonly Setting<string> TagsSignatureKey = TagKey("Tags:SignatureKey", "av-signature");
    public static readonly Setting<string> TagsClean = TagValue("Tags:Clean", "CLEAN");
    public static readonly Setting<string> TagsInfected = TagValue("Tags:Infected", "INFECTED");
    public static readonly Setting<string> TagsUnscannable = TagValue("Tags:Unscannable", "UNSCANNABLE");
    public static readonly Setting<string> TagsError = TagValue("Tags:Error", "PROCESSING_ERROR");

    public static readonly Setting<string> AlertsTopicArn = Text("Alerts:TopicArn", null,
        "the ARN of an SNS topic, as in arn:aws:sns:eu-west-1:123456789012:findings", IsTopicArn);

    public static readonly Setting<IReadOnlySet<string>> AlertsPublish = new("Alerts:Publish",
        "infected,unscannable,error", "a list out of infected, unscannable, error, clean, skipped, or all",
        TryStatuses, IsList: true);

    public static readonly Setting<string> AwsRegion = Text("Aws:Region", null, "a region such as eu-west-1",
        text => text.Length is > 3 and < 32 && text.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-'));

    public static readonly Setting<string> AwsAssumeRoleArn = Text("Aws:AssumeRoleArn", null,
        "the ARN of a role, as in arn:aws:iam::123456789012:role/name",
        text => text.StartsWith("arn:", StringComparison.Ordinal) && text.Contains(":role/", StringComparison.Ordinal));

    public static readonly Setting<string> DefinitionsBucket = Bucket("Definitions:Bucket");
    public static readonly Setting<string> DefinitionsPrefix = Prefix("Definitions:Prefix");
    public static readonly Setting<TimeSpan> FleetDrain = Duration("Fleet:Drain", "100s", "0s", "12h");

    public static readonly Setting<LogThreshold> LogLevel = Choice<LogThreshold>("Log:Level", "Information",
        new("Trace", LogThreshold.Trace), new("Debug", LogThreshold.Debug), new("Information", LogThreshold.Information),
        new("Warning", LogThreshold.Warning), new("Error", LogThreshold.Error));

    public static readonly Setting<string> LogDirectory = Directory("Log:Directory", "/var/log/clambucketfleet");

    /// <summary>All of them, in the order of the table.</summary>
    public static readonly IReadOnlyList<Setting> All =
    [
        QueueUrl, QueueDeadLetterUrl, QueueWaitTime, QueueVisibilityTimeout,
        ScanEngine, ScanClamdAddress, ScanClamscanPath, ScanClamscanWait, ScanDatabaseDirectory, ScanConcurrency,
        ScanMaxObjectSize, ScanLargeObjects, ScanTimeout, ScanSpoolDirectory, ScanSpoolLimit, ScanMaxDefinitionsAge, ScanSelfTest,
        FilterInclude, FilterExclude,
        InfectedAction, CleanAction, UnscannableAction,
        QuarantineBucket, QuarantinePrefix, CleanBucket, CleanPrefix,
        TagsStatusKey, TagsTimestampKey, TagsSignatureKey, TagsClean, TagsInfected, TagsUnscannable, TagsError,
        AlertsTopicArn, AlertsPublish,
        AwsRegion, AwsAssumeRoleArn,
        DefinitionsBucket, DefinitionsPrefix,
        FleetDrain, LogLevel, LogDirectory,
    ];

    /// <summary>Those that one bucket may have of its own, under <c>Buckets:&lt;name&gt;:</c>.</summary>
    public static readonly IReadOnlyList<Setting> PerBucket =
    [
        InfectedAction, CleanAction, UnscannableAction,
        QuarantineBucket, QuarantinePrefix, CleanBucket, CleanPrefix,
        TagsStatusKey, TagsTimestampKey, TagsSignatureKey, TagsClean, TagsInfected, TagsUnscannable, TagsError,
    ];

    /// <summary>
    /// Those that keep their value until the program is started anew: connections, engines and files are made once.
    /// </summary>
    public static readonly IReadOnlyList<Setting> NeedRestart =
    [
        QueueUrl, QueueDeadLetterUrl, QueueWaitTime, QueueVisibilityTimeout,
        ScanEngine, ScanClamdAddress, ScanClamscanPath, ScanClamscanWait, ScanDatabaseDirectory, ScanConcurrency,
        ScanTimeout, ScanSpoolDirectory, ScanSpoolLimit, ScanSelfTest,
        AwsRegion, AwsAssumeRoleArn,
        LogDirectory,
    ];

    /// <summary>The items of a JSON array as one text: an item of an array may hold commas.</summary>
    internal static string Joined(IEnumerable<string> items) => string.Concat(items.Select(item => item + '\n'));

    private static string[] Items(string text) => text.Split(
        text.Contains('\n', StringComparison.Ordinal) ? '\n' : ',',
        StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    private static Setting<string> Text(string key, string? byDefault, string allowed, Func<string, bool> isAllowed) =>
        new(key, byDefault, allowed, (string text, out string value) => isAllowed(value = text));

    private static Setting<string> Url(string key) => Text(key, null, "an http or https URL",
        text => Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "https" or "http");

    private static Setting<string> Directory(string key, string byDefault) =>
        Text(key, byDefault, "an absolute path", text => text.StartsWith('/') && !text.Contains('\0', StringComparison.Ordinal));

    private static Setting<string> Bucket(string key) => Text(key, null, "a bucket's name, without s3://",
        text => text.Length is >= 3 and <= 63 && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_'));

    private static Setting<string> Prefix(string key) =>
        Text(key, "", "a key prefix, usually ending in /", text => text.Length <= 512 && !text.StartsWith('/'));

    private static Setting<string> TagKey(string key, string byDefault) => Text(key, byDefault,
        "a tag key: 1 to 128 letters, digits, spaces or _.:/=+-@, not beginning with aws:",
        text => IsTagText(text, 1, 128) && !text.StartsWith("aws:", StringComparison.OrdinalIgnoreCase));

    private static Setting<string> TagValue(string key, string byDefault) => Text(key, byDefault,
        "a tag value: 1 to 256 letters, digits, spaces or _.:/=+-@", text => IsTagText(text, 1, 256));

    private static Setting<TimeSpan> Duration(string key, string byDefault, string min, string max)
    {
        _ = ValueParser.TryDuration(min, out var least);
        _ = ValueParser.TryDuration(max, out var most);
        return new(key, byDefault, $"{ValueParser.DurationForm}, from {min} to {max}",
            (string text, out TimeSpan value) =>
                ValueParser.TryDuration(text, out value) && value >= least && value <= most);
    }

    private static Setting<long> Size(string key, string byDefault) =>
        new(key, byDefault, ValueParser.SizeForm, ValueParser.TrySize);

    private static Setting<int> Number(string key, string byDefault, int min, int max) =>
        new(key, byDefault, $"a whole number from {min} to {max}", (string text, out int value) =>
            int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value) && value >= min && value <= max);

    private static Setting<bool> Flag(string key, string byDefault) =>
        Choice<bool>(key, byDefault, new("true", true), new("false", false));

    // A type of our own and a loop: tuples and queries over each of the enumerations would be compiled at every start.
    private static Setting<T> Choice<T>(string key, string byDefault, params Choice<T>[] choices) =>
        new(key, byDefault, string.Join(", ", (object[])choices), (string text, out T value) =>
        {
            foreach (var choice in choices)
            {
                if (!choice.Word.Equals(text, StringComparison.OrdinalIgnoreCase))
                    continue;
                value = choice.Value;
                return true;
            }

            value = default!;
            return false;
        });

    private static Setting<IReadOnlyList<string>> Globs(string key) =>
        new(key, null, "a list of glob patterns on bucket/key, where * stays within a / and ** does not",
            (string text, out IReadOnlyList<string> value) =>
            {
                value = Items(text);
                return value.All(GlobPattern.IsValid);
            },
            IsList: true);

    private static bool TryStatuses(string text, out IReadOnlySet<string> value)
    {
        var words = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase)
        {
            ["infected"] = Statuses.Infected,
            ["unscannable"] = Statuses.Unscannable,
            ["error"] = Statuses.ProcessingError,
            ["clean"] = Statuses.Clean,
            ["skipped"] = Statuses.Skipped,
        };
        var asked = Items(text);
        value = asked.Contains("all", StringComparer.OrdinalIgnoreCase)
            ? words.Values.ToHashSet()
            : asked.Where(words.ContainsKey).Select(word => words[word]).ToHashSet();
        return asked.All(word => words.ContainsKey(word) || word.Equals("all", StringComparison.OrdinalIgnoreCase));
    }

    private static bool IsClamdAddress(string text) =>
        text.StartsWith('/')
        || (Uri.TryCreate(text, UriKind.Absolute, out var url)
            && url is { Scheme: "tcp", Port: > 0, Host.Length: > 0, AbsolutePath: "" or "/" });

    private static bool IsTopicArn(string text) =>
        text.Split(':') is ["arn", _, "sns", { Length: > 0 }, { Length: 12 }, { Length: > 0 }];

    private static bool IsTagText(string text, int min, int max) =>
        text.Length >= min && text.Length <= max
        && text.All(c => char.IsLetterOrDigit(c) || c is ' ' or '_' or '.' or ':' or '/' or '=' or '+' or '-' or '@');
}

/// <summary>One of the words that a setting may have, and what it means.</summary>
internal sealed record Choice<T>(string Word, T Value)
{
    public override string ToString() => Word;
}
