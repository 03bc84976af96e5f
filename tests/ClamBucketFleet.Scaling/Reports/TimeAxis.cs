using System.Globalization;

namespace ClamBucketFleet.Scaling.Reports;

/// <summary>Marks for a trace's time: hours and minutes for a short one, hours for days, weekdays for a week.</summary>
public static class TimeAxis
{
    private static readonly string[] Weekdays = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

    public static string Unit(TimeSpan duration) => duration.TotalDays switch
    {
        > 3 => "day, midnight at each mark",
        > 0.5 => "hours since the start",
        _ => "time since the start, h:mm",
    };

    public static IEnumerable<(int Second, string Label)> Marks(TimeSpan duration)
    {
        var (step, label) = duration.TotalDays switch
        {
            > 3 => (86_400, second => Weekdays[second / 86_400 % 7]),
            > 0.5 => (6 * 3600, second => (second / 3600).ToString(CultureInfo.InvariantCulture)),
            _ => (1800, (Func<int, string>)(second => $"{second / 3600}:{second / 60 % 60:00}")),
        };
        for (var second = 0; second <= duration.TotalSeconds; second += step) yield return (second, label(second));
    }
}
