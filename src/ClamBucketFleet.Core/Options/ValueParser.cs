using System.Globalization;

namespace ClamBucketFleet.Options;

/// <summary>Durations and byte sizes as the configuration writes them.</summary>
public static class ValueParser
{
    /// <summary>The form of a duration, for error messages.</summary>
    public const string DurationForm = "a duration such as 500ms, 30s, 10m, 3h or 1d";

    /// <summary>The form of a size, for error messages.</summary>
    public const string SizeForm = "a size such as 64KiB, 100MiB or 2GiB, or a plain number of bytes";

    /// <summary>Reads <c>500ms</c>, <c>30s</c>, <c>10m</c>, <c>3h</c>, <c>1d</c>.</summary>
    public static bool TryDuration(string text, out TimeSpan duration)
    {
        duration = default;
        if (!TrySplit(text, mostDigits: 18, out var number, out var unit))
            return false;

        var ticks = unit switch
        {
            "ms" => TimeSpan.TicksPerMillisecond,
            "s" => TimeSpan.TicksPerSecond,
            "m" => TimeSpan.TicksPerMinute,
            "h" => TimeSpan.TicksPerHour,
            "d" => TimeSpan.TicksPerDay,
            _ => 0,
        };
        if (ticks == 0 || number > long.MaxValue / ticks)
            return false;

        duration = new TimeSpan(number * ticks);
        return true;
    }

    /// <summary>Reads <c>64KiB</c>, <c>100MiB</c>, <c>2GiB</c>, <c>1TiB</c>, or plain bytes.</summary>
    public static bool TrySize(string text, out long bytes)
    {
        bytes = 0;
        if (!TrySplit(text, mostDigits: 19, out var number, out var unit))
            return false;

        var shift = unit switch
        {
            "" => 0,
            "KiB" => 10,
            "MiB" => 20,
            "GiB" => 30,
            "TiB" => 40,
            _ => -1,
        };
        if (shift < 0 || number > long.MaxValue >> shift)
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

    private static bool TrySplit(string text, int mostDigits, out long number, out string unit)
    {
        var end = text.AsSpan().IndexOfAnyExceptInRange('0', '9');
        var digits = end < 0 ? text.Length : end;
        unit = text[digits..];
        number = 0;
        return digits <= mostDigits
            && long.TryParse(text.AsSpan(0, digits), NumberStyles.None, CultureInfo.InvariantCulture, out number);
    }
}
