using System.Globalization;
using System.Text.RegularExpressions;

namespace ClamBucketFleet.Options;

/// <summary>Durations and byte sizes as the configuration writes them.</summary>
public static partial class ValueParser
{
    /// <summary>The form of a duration, for error messages.</summary>
    public const string DurationForm = "a duration such as 500ms, 30s, 10m, 3h or 1d";

    /// <summary>The form of a size, for error messages.</summary>
    public const string SizeForm = "a size such as 64KiB, 100MiB or 2GiB, or a plain number of bytes";

    /// <summary>Reads <c>500ms</c>, <c>30s</c>, <c>10m</c>, <c>3h</c>, <c>1d</c>.</summary>
    public static bool TryDuration(string text, out TimeSpan duration)
    {
        duration = default;
        var match = DurationPattern().Match(text);
        if (!match.Success || !long.TryParse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture, out var number))
            return false;

        var ticks = match.Groups[2].Value switch
        {
            "ms" => TimeSpan.TicksPerMillisecond,
            "s" => TimeSpan.TicksPerSecond,
            "m" => TimeSpan.TicksPerMinute,
            "h" => TimeSpan.TicksPerHour,
            _ => TimeSpan.TicksPerDay,
        };
        if (number > long.MaxValue / ticks)
            return false;

        duration = new TimeSpan(number * ticks);
        return true;
    }

    /// <summary>Reads <c>64KiB</c>, <c>100MiB</c>, <c>2GiB</c>, <c>1TiB</c>, or plain bytes.</summary>
    public static bool TrySize(string text, out long bytes)
    {
        bytes = 0;
        var match = SizePattern().Match(text);
        if (!match.Success || !long.TryParse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture, out var number))
            return false;

        var shift = match.Groups[2].Value switch
        {
            "KiB" => 10,
            "MiB" => 20,
            "GiB" => 30,
            "TiB" => 40,
            _ => 0,
        };
        if (number > long.MaxValue >> shift)
            return false;

        bytes = number << shift;
        return true;
    }

    /// <summary>The shortest form that <see cref="TryDuration"/> reads back.</summary>
    public static string Duration(TimeSpan duration)
    {
        (long Ticks, string Unit)[] units =
        [
            (TimeSpan.TicksPerDay, "d"),
            (TimeSpan.TicksPerHour, "h"),
            (TimeSpan.TicksPerMinute, "m"),
            (TimeSpan.TicksPerSecond, "s"),
            (TimeSpan.TicksPerMillisecond, "ms"),
        ];
        var (ticks, unit) = units.First(u => duration.Ticks % u.Ticks == 0 || u.Unit == "ms");
        return string.Create(CultureInfo.InvariantCulture, $"{duration.Ticks / ticks}{unit}");
    }

    [GeneratedRegex("^([0-9]{1,18})(ms|s|m|h|d)\\z")]
    private static partial Regex DurationPattern();

    [GeneratedRegex("^([0-9]{1,19})(KiB|MiB|GiB|TiB|)\\z")]
    private static partial Regex SizePattern();
}
