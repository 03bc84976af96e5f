using System.Globalization;

namespace ClamBucketFleet.Daemon.Hosting;

/// <summary>What the unit's <c>WatchdogSec</c> asks for.</summary>
/// <param name="Time">By when systemd has to hear from this process again; null where it does not ask.</param>
internal sealed record WatchdogLimit(TimeSpan? Time)
{
    public static WatchdogLimit Read() => Of(
        Environment.GetEnvironmentVariable("WATCHDOG_USEC"), Environment.GetEnvironmentVariable("WATCHDOG_PID"));

    /// <summary>As sd_watchdog_enabled(3) reads the two: a child of the service inherits them, and is not asked.</summary>
    /// <param name="microseconds"><c>WATCHDOG_USEC</c>.</param>
    /// <param name="processId"><c>WATCHDOG_PID</c>; without it everybody is asked.</param>
    public static WatchdogLimit Of(string? microseconds, string? processId)
    {
        var isForUs = string.IsNullOrEmpty(processId)
            || (int.TryParse(processId, NumberStyles.None, CultureInfo.InvariantCulture, out var id) && id == Environment.ProcessId);
        return new(isForUs && long.TryParse(microseconds, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && number is > 0 and <= long.MaxValue / TimeSpan.TicksPerMicrosecond
            ? TimeSpan.FromTicks(number * TimeSpan.TicksPerMicrosecond)
            : null);
    }
}
