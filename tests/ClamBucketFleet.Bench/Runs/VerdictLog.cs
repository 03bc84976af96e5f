using System.Text.Json;

namespace ClamBucketFleet.Bench.Runs;

/// <summary>A line of the daemon's log about one object.</summary>
internal sealed record LoggedVerdict(string Key, string Status);

/// <summary>Every verdict that the daemons' logs below a directory tell of.</summary>
internal static class VerdictLog
{
    public static IReadOnlyList<LoggedVerdict> Read(string directory) =>
    [
        .. Directory.EnumerateFiles(directory, "*.json", SearchOption.AllDirectories)
            .Concat(Directory.EnumerateFiles(directory, "*.log", SearchOption.AllDirectories))
            .SelectMany(File.ReadLines).Select(Parse).OfType<LoggedVerdict>(),
    ];

    private static LoggedVerdict? Parse(string line)
    {
        using var json = JsonDocument.Parse(line);
        return json.RootElement.TryGetProperty("Status", out var status) && json.RootElement.TryGetProperty("Key", out var key)
            ? new LoggedVerdict(key.GetString()!, status.GetString()!)
            : null;
    }
}
