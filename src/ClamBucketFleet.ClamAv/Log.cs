using Microsoft.Extensions.Logging;

namespace ClamBucketFleet.ClamAv;

/// <summary>Every log message of this project.</summary>
internal static partial class Log
{
    [LoggerMessage(100, LogLevel.Warning, "Definitions cannot be read: {Path}: {Reason}")]
    public static partial void DefinitionsUnreadable(this ILogger logger, string path, string reason);

    [LoggerMessage(101, LogLevel.Warning, "{Path} has no header of a signed database; it is corrupt and counts for nothing")]
    public static partial void DefinitionsCorrupt(this ILogger logger, string path);
}
