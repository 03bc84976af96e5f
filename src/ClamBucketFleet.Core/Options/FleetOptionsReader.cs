using Microsoft.Extensions.Configuration;

namespace ClamBucketFleet.Options;

/// <summary>Turns configuration into <see cref="FleetOptions"/>, or into every error that it holds.</summary>
public sealed class FleetOptionsReader
{
    private const string BucketsSection = "Buckets";

    // Tells an editor what may stand in the file.
    private const string SchemaKey = "$schema";

    private readonly Dictionary<string, string> _values = new(StringComparer.OrdinalIgnoreCase);
    private readonly IConfigurationProvider[] _sources;
    private readonly List<string> _errors = [];
    private readonly Dictionary<string, object> _read = new(StringComparer.OrdinalIgnoreCase);

    private FleetOptionsReader(IConfiguration configuration)
    {
        // Loops where most starts come by: what queries are made of would be loaded, or compiled, each time.
        foreach (var (key, value) in configuration.AsEnumerable())
        {
            if (value is not null)
                _values[key] = value;
        }

        _sources = configuration is IConfigurationRoot root ? [.. root.Providers.Reverse()] : [];
    }

    /// <summary>Reads and validates everything at once.</summary>
    /// <param name="configuration">All sources, the last one winning.</param>
    /// <param name="queueIsRequired">Whether the caller cannot work without <c>Queue:Url</c>.</param>
    /// <exception cref="FatalConfigurationException">
    /// One line an error, each with the key, the value and what is allowed.
    /// </exception>
    public static FleetOptions Read(IConfiguration configuration, bool queueIsRequired)
    {
        var reader = new FleetOptionsReader(configuration);
        var options = reader.ReadAll();
        reader.FindUnknownKeys();
        if (queueIsRequired && options.Queue.Url is null)
        {
            reader._errors.Add(
                $"{Settings.QueueUrl.Key} is not set: give the URL of the scan queue, in a configuration file or as " +
                "CLAMBUCKETFLEET_Queue__Url.");
        }

        reader._errors.AddRange(Contradictions.In(options));
        return reader._errors.Count == 0
            ? options
            : throw new FatalConfigurationException(string.Join('\n', reader._errors.Distinct()));
    }

    private FleetOptions ReadAll()
    {
        var policy = Policy(null, null);
        return new FleetOptions(
            new QueueOptions(
                Get(Settings.QueueUrl),
                Get(Settings.QueueDeadLetterUrl),
                Get(Settings.QueueWaitTime),
                Get(Settings.QueueVisibilityTimeout)),
            new ScanOptions(
                Get(Settings.ScanEngine),
                Get(Settings.ScanClamdAddress)!,
                Get(Settings.ScanClamscanPath)!,
                Get(Settings.ScanClamscanWait),
                Get(Settings.ScanDatabaseDirectory)!,
                Get(Settings.ScanConcurrency),
                Get(Settings.ScanMaxObjectSize),
                Get(Settings.ScanLargeObjects),
                Get(Settings.ScanTimeout),
                Get(Settings.ScanSpoolDirectory)!,
                Get(Settings.ScanSpoolLimit),
                Get(Settings.ScanMaxDefinitionsAge),
                Get(Settings.ScanSelfTest)),
            new FilterOptions(Get(Settings.FilterInclude) ?? [], Get(Settings.FilterExclude) ?? []),
            policy,
            BucketPolicies(policy),
            new AlertOptions(Get(Settings.AlertsTopicArn), Get(Settings.AlertsPublish)!),
            new AwsOptions(Get(Settings.AwsRegion), Get(Settings.AwsAssumeRoleArn)),
            new Destination(Get(Settings.DefinitionsBucket), Get(Settings.DefinitionsPrefix)!),
            Get(Settings.FleetDrain),
            new LogOptions(Get(Settings.LogLevel), Get(Settings.LogDirectory)!))
        {
            Values = _read,
        };
    }

    private BucketPolicy Policy(string? prefix, BucketPolicy? fallback)
    {
        T Of<T>(Setting<T> setting, Func<BucketPolicy, T> inherited) => fallback is null
            ? Get(setting)!
            : TryGet(setting, prefix + setting.Key, out var value) ? value : inherited(fallback);

        return new BucketPolicy(
            Of(Settings.InfectedAction, p => p.Infected),
            Of(Settings.CleanAction, p => p.Clean),
            Of(Settings.UnscannableAction, p => p.Unscannable),
            new Destination(
                Of(Settings.QuarantineBucket!, p => p.Quarantine.Bucket),
                Of(Settings.QuarantinePrefix, p => p.Quarantine.Prefix)),
            new Destination(
                Of(Settings.CleanBucket!, p => p.CleanDestination.Bucket),
                Of(Settings.CleanPrefix, p => p.CleanDestination.Prefix)),
            new TagOptions(
                Of(Settings.TagsStatusKey, p => p.Tags.StatusKey),
                Of(Settings.TagsTimestampKey, p => p.Tags.TimestampKey),
                Of(Settings.TagsSignatureKey, p => p.Tags.SignatureKey),
                Of(Settings.TagsClean, p => p.Tags.Clean),
                Of(Settings.TagsInfected, p => p.Tags.Infected),
                Of(Settings.TagsUnscannable, p => p.Tags.Unscannable),
                Of(Settings.TagsError, p => p.Tags.Error)));
    }

    private T? Get<T>(Setting<T> setting)
    {
        if (TryGet(setting, setting.Key, out var value))
            return value;

        if (setting.DefaultText is not { } text || !setting.Parse(text, out var byDefault))
            return default;
        _read[setting.Key] = setting.IsList ? text : byDefault!;
        return byDefault;
    }

    private bool TryGet<T>(Setting<T> setting, string key, out T value)
    {
        value = default!;
        var text = setting.IsList ? ListText(key) : _values.GetValueOrDefault(key);
        if (text is null)
            return false;
        if (setting.Parse(text, out value!))
        {
            _read[key] = setting.IsList ? text : value!;
            return true;
        }

        _errors.Add($"{key} is '{SafeText.Escape(Shown(setting, text))}': allowed is {setting.Allowed}.");
        return false;
    }

    private static string Shown(Setting setting, string text) => setting.IsList
        ? string.Join(", ", text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        : text;

    // The later source wins whole: what lies under it would otherwise shine through, item by item.
    private string? ListText(string key)
    {
        foreach (var source in _sources)
        {
            if (Items(source, key) is { Length: > 0 } items)
                return Settings.Joined(items);
            if (source.TryGet(key, out var text) && text is not null)
                return text;
        }

        return null;
    }

    private static string[] Items(IConfigurationProvider source, string list)
    {
        var keys = new List<string>();
        foreach (var item in source.GetChildKeys([], list))
        {
            if ($"{list}:{item}" is var key && IsItemOf(key, list))
                keys.Add(key);
        }

        return keys.Count == 0 ? [] : keys.Distinct()
            .OrderBy(key => key.Length)
            .ThenBy(key => key, StringComparer.Ordinal)
            .Select(key => source.TryGet(key, out var value) ? value : null)
            .OfType<string>()
            .ToArray();
    }

    private static bool IsItemOf(string key, string list) =>
        key.Length > list.Length + 1
        && key.StartsWith(list + ":", StringComparison.OrdinalIgnoreCase)
        && key.AsSpan(list.Length + 1).IndexOfAnyExceptInRange('0', '9') < 0;

    private Dictionary<string, BucketPolicy> BucketPolicies(BucketPolicy fallback)
    {
        var policies = new Dictionary<string, BucketPolicy>(StringComparer.OrdinalIgnoreCase);
        foreach (var key in _values.Keys)
        {
            if (IsOfBucket(key) && key.Split(':')[1] is var name && !policies.ContainsKey(name))
                policies.Add(name, Policy($"{BucketsSection}:{name}:", fallback));
        }

        return policies;
    }

    private static bool IsOfBucket(string key) => key.StartsWith(BucketsSection + ":", StringComparison.OrdinalIgnoreCase);

    private void FindUnknownKeys()
    {
        var unknown = new List<string>();
        foreach (var key in _values.Keys)
        {
            if (key != SchemaKey && !IsKnown(key))
                unknown.Add(key);
        }

        unknown.Sort(StringComparer.OrdinalIgnoreCase);
        foreach (var key in unknown)
        {
            var (name, known) = Known(key);
            var nearest = known.Select(s => s.Key).MinBy(candidate => Distance(candidate, name))!;
            _errors.Add(
                $"{SafeText.Escape(key)} is '{SafeText.Escape(_values[key])}': there is no such key. " +
                (Distance(nearest, name) <= 4 ? $"Did you mean {nearest}?" : "The README's table has them all."));
        }
    }

    private static bool IsKnown(string key)
    {
        var (name, known) = Known(key);
        foreach (var setting in known)
        {
            if (name.Equals(setting.Key, StringComparison.OrdinalIgnoreCase) || (setting.IsList && IsItemOf(name, setting.Key)))
                return true;
        }

        return false;
    }

    // What the key is called within its section, and what may stand there.
    private static (string Name, IReadOnlyList<Setting> Settings) Known(string key) => IsOfBucket(key)
        ? (string.Join(':', key.Split(':').Skip(2)), Settings.PerBucket)
        : (key, Settings.All);

    private static int Distance(string a, string b)
    {
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var substituted = diagonal + (char.ToUpperInvariant(a[i - 1]) == char.ToUpperInvariant(b[j - 1]) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(substituted, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[^1];
    }
}
