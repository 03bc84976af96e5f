namespace ClamBucketFleet.Options;

/// <summary>
/// The configuration that holds now. Whoever begins something takes one value and keeps it to the end: no work is done
/// half by one configuration and half by the next.
/// </summary>
public sealed class CurrentOptions(FleetOptions options, TimeProvider time)
{
    private volatile Reading _now = new(options, time.GetUtcNow());

    public FleetOptions Value => _now.Options;

    /// <summary>When it was read.</summary>
    public DateTimeOffset Since => _now.At;

    /// <summary>Takes another configuration, except for <see cref="Settings.NeedRestart"/>: those stay as they are.</summary>
    public OptionsChange Replace(FleetOptions wanted)
    {
        var now = Value;
        var differing = now.Values.Keys.Union(wanted.Values.Keys, StringComparer.OrdinalIgnoreCase)
            .Where(key => !Equals(now.Values.GetValueOrDefault(key), wanted.Values.GetValueOrDefault(key)))
            .Order(StringComparer.Ordinal)
            .ToLookup(key => Settings.NeedRestart.Any(setting => setting.Key == key));
        var values = new Dictionary<string, object>(wanted.Values, StringComparer.OrdinalIgnoreCase);
        foreach (var key in differing[true])
        {
            values.Remove(key);
            if (now.Values.TryGetValue(key, out var kept))
                values[key] = kept;
        }

        _now = new Reading(
            wanted with
            {
                Queue = now.Queue,
                Scan = now.Scan with
                {
                    MaxObjectSize = wanted.Scan.MaxObjectSize,
                    LargeObjects = wanted.Scan.LargeObjects,
                    MaxDefinitionsAge = wanted.Scan.MaxDefinitionsAge,
                },
                Aws = now.Aws,
                Log = now.Log with { Level = wanted.Log.Level },
                Values = values,
            },
            time.GetUtcNow());
        return new OptionsChange([.. differing[false]], [.. differing[true]]);
    }

    private sealed record Reading(FleetOptions Options, DateTimeOffset At);
}

/// <summary>How a configuration differs from the one before.</summary>
/// <param name="Changed">Keys whose new value holds from now on.</param>
/// <param name="NeedRestart">Keys that keep their old value until the program is started anew.</param>
public sealed record OptionsChange(IReadOnlyList<string> Changed, IReadOnlyList<string> NeedRestart);
