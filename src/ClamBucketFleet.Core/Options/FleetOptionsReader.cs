using Microsoft.Extensions.Configuration;

namespace ClamBucketFleet.Options;

/// <summary>Turns configuration into <see cref="FleetOptions"/>, or into every error that it holds.</summary>
public sealed class FleetOptionsReader
{
    private const string BucketsSection = "Buckets";

    // Tells an editor what may stand in the file.
    private const string SchemaKey = "$schema";

    private readonly Dictionary<string, string> _values;
    private readonly IConfigurationProvider[] _sources;
    private readonly List<string> _errors = [];
    private readonly Dictionary<string, object> _read = new(StringComparer.OrdinalIgnoreCase);

    private FleetOptionsReader(IConfiguration configuration)
    {
        _values = configuration.AsEnumerable()
            .Where(pair => pair.Value is not null)
            .ToDictionary(pair => pair.Key, pair => pair.Value!, StringComparer.OrdinalIgnoreCase);
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
            BucketNames().ToDictionary(
                name => name, name => Policy($"{BucketsSection}:{name}:", policy), StringComparer.OrdinalIgnoreCase),
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
            var items = source.GetChildKeys([], key)
                .Select(item => $"{key}:{item}")
                .Where(item => IsItemOf(item, key))
                .Distinct()
                .OrderBy(item => item.Length)
                .ThenBy(item => item, StringComparer.Ordinal)
                .Select(item => source.TryGet(item, out var value) ? value : null)
                .OfType<string>()
                .ToArray();
            if (items.Length > 0)
                return Settings.Joined(items);
            if (source.TryGet(key, out var text) && text is not null)
                return text;
        }

        return null;
    }

    private static bool IsItemOf(string key, string list) =>
        key.Length > list.Length + 1
        && key.StartsWith(list + ":", StringComparison.OrdinalIgnoreCase)
        && key.AsSpan(list.Length + 1).IndexOfAnyExceptInRange('0', '9') < 0;

    private IEnumerable<string> BucketNames() => _values.Keys
        .Where(key => key.StartsWith(BucketsSection + ":", StringComparison.OrdinalIgnoreCase))
        .Select(key => key.Split(':')[1])
        .Distinct(StringComparer.OrdinalIgnoreCase);

    private void FindUnknownKeys()
    {
        foreach (var key in _values.Keys.Where(key => key != SchemaKey).Order(StringComparer.OrdinalIgnoreCase))
        {
            var isBucket = key.StartsWith(BucketsSection + ":", StringComparison.OrdinalIgnoreCase);
            var name = isBucket ? string.Join(':', key.Split(':').Skip(2)) : key;
            var known = isBucket ? Settings.PerBucket : Settings.All;
            if (known.Any(s => s.Key.Equals(name, StringComparison.OrdinalIgnoreCase) || (s.IsList && IsItemOf(name, s.Key))))
                continue;

            var nearest = known.Select(s => s.Key).MinBy(candidate => Distance(candidate, name))!;
            _errors.Add(
                $"{SafeText.Escape(key)} is '{SafeText.Escape(_values[key])}': there is no such key. " +
                (Distance(nearest, name) <= 4 ? $"Did you mean {nearest}?" : "The README's table has them all."));
        }
    }

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
