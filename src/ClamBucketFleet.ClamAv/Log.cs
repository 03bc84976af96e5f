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

    [LoggerMessage(130, LogLevel.Debug, "freshclam: {Line}")]
    public static partial void FreshclamSaid(this ILogger logger, string line);

    [LoggerMessage(131, LogLevel.Information, "Removed {Directory}, left by an update that was killed")]
    public static partial void StagingCleaned(this ILogger logger, string directory);

    [LoggerMessage(132, LogLevel.Debug, "Nothing is told to reload its definitions: {Reason}")]
    public static partial void NoClamdToReload(this ILogger logger, string reason);

    [LoggerMessage(133, LogLevel.Information, "New definitions are in use: {Changed}")]
    public static partial void DefinitionsSwitched(this ILogger logger, string changed);

    [LoggerMessage(134, LogLevel.Error, "clamd is wrong with the new definitions, earlier ones are in use again: {Reason}")]
    public static partial void DefinitionsSwitchedBack(this ILogger logger, string reason);

    [LoggerMessage(135, LogLevel.Warning, "The new definitions are in use, but clamd has not loaded them: {Reason}")]
    public static partial void ReloadFailed(this ILogger logger, string reason);

    [LoggerMessage(136, LogLevel.Information, "Another instance asks the definitions' source; waiting for what it publishes")]
    public static partial void WaitingForMirror(this ILogger logger);

    [LoggerMessage(137, LogLevel.Information, "The mirror has new definitions: {Changed}")]
    public static partial void TakingFromMirror(this ILogger logger, string changed);

    [LoggerMessage(138, LogLevel.Warning, "The alert on the definitions could not be published: {Reason}")]
    public static partial void UpdateAlertFailed(this ILogger logger, string reason);

    [LoggerMessage(139, LogLevel.Warning, "The mirror has databases that no DatabaseCustomURL of this machine's freshclam.conf names; they are left there: {Names}")]
    public static partial void LeftOnMirror(this ILogger logger, string names);

    [LoggerMessage(140, LogLevel.Warning, "What the mirror has cannot be taken: {Reason}")]
    public static partial void NotTakenFromMirror(this ILogger logger, string reason);

    [LoggerMessage(141, LogLevel.Warning, "The mirror is behind this machine and is not taken: {Name} has version {There} there, and {Here} here")]
    public static partial void MirrorIsBehind(this ILogger logger, string name, uint there, uint here);

    [LoggerMessage(142, LogLevel.Information, "This instance may not renew the mirror, and uses what others publish: {Reason}")]
    public static partial void MirrorNotForThisInstance(this ILogger logger, string reason);

    [LoggerMessage(143, LogLevel.Warning, "The other instances could not be told to leave the definitions' source alone: {Reason}")]
    public static partial void FleetNotTold(this ILogger logger, string reason);

    [LoggerMessage(144, LogLevel.Warning, "What freshclam remembers of a run could not be kept: {Reason}")]
    public static partial void MemoryNotKept(this ILogger logger, string reason);
}
