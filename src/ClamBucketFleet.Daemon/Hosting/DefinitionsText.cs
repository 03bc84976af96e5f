using System.Globalization;

namespace ClamBucketFleet.Daemon.Hosting;

/// <summary>The definitions in use, for a person.</summary>
internal static class DefinitionsText
{
    /// <summary>
    /// As in <c>definitions 27800 of 2026-11-21</c>; <c>unsigned definitions of 2026-11-21 (5f0c2a1b)</c> where only a
    /// fingerprint tells them from others.
    /// </summary>
    public static string Of(EngineInfo? engine)
    {
        if (engine?.DefinitionsVersion is not { } version)
            return "definitions unknown";
        var day = engine.DefinitionsPublished is { } published
            ? string.Create(CultureInfo.InvariantCulture, $" of {published.UtcDateTime:yyyy-MM-dd}")
            : "";
        return version.All(char.IsAsciiDigit) ? $"definitions {version}{day}" : $"unsigned definitions{day} ({version})";
    }
}
