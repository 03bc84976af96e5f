using System.Globalization;

namespace ClamBucketFleet.ClamAv;

/// <summary>A line such as <c>ClamAV 1.4.6/27800/Sat Nov 21 09:00:00 2026</c>, taken apart.</summary>
/// <param name="Engine">For example <c>ClamAV 1.4.6</c>.</param>
/// <param name="Definitions">Number of the signed definitions; null where there are none.</param>
/// <param name="Time">When they were published, as clamd writes it; null where there are none.</param>
internal sealed record ClamdVersion(string Engine, string? Definitions, string? Time)
{
    private const string CTime = "ddd MMM d HH:mm:ss yyyy";

    public static ClamdVersion Parse(string line)
    {
        var parts = line.Trim().Split('/', 3);
        if (parts.Length < 3 || !uint.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out _))
            return new ClamdVersion(parts[0], null, null);

        return new ClamdVersion(parts[0], parts[1], parts[2]);
    }

    /// <summary>
    /// When the definitions were published. The line gives the time of the machine that clamd runs on; it is taken for
    /// one in <paramref name="zone"/>.
    /// </summary>
    public DateTimeOffset? Published(TimeZoneInfo zone) =>
        DateTime.TryParseExact(
            Time, CTime, CultureInfo.InvariantCulture, DateTimeStyles.AllowInnerWhite, out var local)
            ? new DateTimeOffset(local, zone.GetUtcOffset(local))
            : null;
}
