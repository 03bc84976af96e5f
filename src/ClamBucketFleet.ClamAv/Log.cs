using Microsoft.Extensions.Logging;

namespace ClamBucketFleet.ClamAv;

/// <summary>Every log message of this project.</summary>
internal static partial class Log
{
    [LoggerMessage(100, LogLevel.Warning, "Definitions cannot be read: {Path}: {Reason}")]
    public static partial void DefinitionsUnreadable(this ILogger logger, string path, string reason);

    [LoggerMessage(101, LogLevel.Warning, "{Path} has no header of a signed database; it is corrupt and counts for nothing")]
    public static partial void DefinitionsCorrupt(this ILogger logger, string path);

    [LoggerMessage(110, LogLevel.Information, "Removed {Directory}, left in the spool by a process that was killed")]
    public static partial void SpoolCleaned(this ILogger logger, string directory);

    [LoggerMessage(111, LogLevel.Warning, "Files are left in the spool {Directory}: {Reason}")]
    public static partial void SpoolLeft(this ILogger logger, string directory, string reason);

    [LoggerMessage(112, LogLevel.Warning, "A run of clamscan over {Count} objects counts for nothing: {Reason}")]
    public static partial void BatchFailed(this ILogger logger, int count, string reason);

    [LoggerMessage(113, LogLevel.Information, "The temporary directory of the clamd on {Address} cannot be watched, a scan of EICAR after each clean answer has to do: {Reason}")]
    public static partial void TemporaryDirectoryUnwatched(this ILogger logger, string address, string reason);

    [LoggerMessage(120, LogLevel.Information, "Scanning with clamd")]
    public static partial void UsingClamd(this ILogger logger);

    [LoggerMessage(121, LogLevel.Warning, "Scanning with clamscan until clamd is back: {Reason}")]
    public static partial void UsingClamscan(this ILogger logger, string reason);
}
