using Microsoft.Extensions.Logging;

namespace ClamBucketFleet.Aws;

/// <summary>Every log message of this project.</summary>
internal static partial class Log
{
    [LoggerMessage(200, LogLevel.Warning, "The lease on the mirror could not be renewed: {Reason}")]
    public static partial void MirrorLeaseNotRenewed(this ILogger logger, string reason);

    [LoggerMessage(201, LogLevel.Warning, "The lease on the mirror is lost: {Reason}")]
    public static partial void MirrorLeaseLost(this ILogger logger, string reason);

    [LoggerMessage(202, LogLevel.Warning, "The lease on the mirror could not be given back and runs out by itself: {Reason}")]
    public static partial void MirrorLeaseNotGivenBack(this ILogger logger, string reason);

    [LoggerMessage(203, LogLevel.Warning,
        "The lease on the mirror runs out: {Holder} has not renewed it for {Age}")]
    public static partial void MirrorLeaseTakenOver(this ILogger logger, string holder, TimeSpan age);

    [LoggerMessage(204, LogLevel.Information, "Uploaded {Name} to the mirror, {Size} bytes")]
    public static partial void MirrorFileUploaded(this ILogger logger, string name, long size);

    [LoggerMessage(205, LogLevel.Information, "The mirror has revision {Revision}, version {Version}, {Count} files")]
    public static partial void MirrorPublished(this ILogger logger, long revision, string version, int count);

    [LoggerMessage(206, LogLevel.Information, "Removed {Count} files that no instance needs from the mirror")]
    public static partial void MirrorCleaned(this ILogger logger, int count);

    [LoggerMessage(207, LogLevel.Warning, "What no instance needs is left on the mirror until the next time: {Reason}")]
    public static partial void MirrorNotCleaned(this ILogger logger, string reason);

    [LoggerMessage(210, LogLevel.Information,
        "No notice of this machine's end will be heard, as on any machine that is no EC2 instance: {Reason}")]
    public static partial void NoInstanceMetadata(this ILogger logger, string reason);

    [LoggerMessage(211, LogLevel.Warning, "No notice of this instance's end is heard while this lasts: {Reason}")]
    public static partial void MetadataAway(this ILogger logger, string reason);

    [LoggerMessage(212, LogLevel.Information, "The instance metadata is back")]
    public static partial void MetadataBack(this ILogger logger);

    [LoggerMessage(213, LogLevel.Warning, "{Reason} It is taken for no notice")]
    public static partial void NoticeUnreadable(this ILogger logger, string reason);

    [LoggerMessage(214, LogLevel.Debug, "The lifecycle hook {Hook} of {Group} waits on")]
    public static partial void HookKeptWaiting(this ILogger logger, string hook, string group);

    [LoggerMessage(215, LogLevel.Information, "The lifecycle hook {Hook} of {Group} is completed: the group may end this instance")]
    public static partial void HookCompleted(this ILogger logger, string hook, string group);
}
