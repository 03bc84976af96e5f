using Microsoft.Extensions.Logging;

namespace ClamBucketFleet;

/// <summary>Every log message of the core. Hostile text reaches them escaped; the body of a message never.</summary>
internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Information,
        "{Status} {Bucket}/{Key}: {Action}, {Size} bytes, {Queued} s in the queue, {Download} s download, {Scan} s scan, " +
        "delivery {ReceiveCount}")]
    public static partial void ObjectClean(
        ILogger logger, string status, string bucket, string key, string action, long? size,
        double? queued, double? download, double? scan, int receiveCount);

    [LoggerMessage(25, LogLevel.Information,
        "{Status} {Bucket}/{Key}: {Detail}; {Action}, {Size} bytes, {Queued} s in the queue, {Download} s download, " +
        "{Scan} s scan, delivery {ReceiveCount}")]
    public static partial void ObjectJudged(
        ILogger logger, string status, string bucket, string key, string detail, string action, long? size,
        double? queued, double? download, double? scan, int receiveCount);

    [LoggerMessage(26, LogLevel.Information,
        "{Status} {Bucket}/{Key}: {Detail}; {Action}, {Queued} s in the queue, delivery {ReceiveCount}")]
    public static partial void ObjectUnread(
        ILogger logger, string status, string bucket, string key, string detail, string action, double? queued, int receiveCount);

    [LoggerMessage(2, LogLevel.Error, "PROCESSING_ERROR {Bucket}/{Key}, delivery {ReceiveCount}: {Error}")]
    public static partial void ObjectFailed(ILogger logger, string bucket, string key, int receiveCount, string error);

    [LoggerMessage(3, LogLevel.Warning, "{Bucket}/{Key}: tags {Tags} found no room on the copy beside the object's own.")]
    public static partial void TagsLeftOut(ILogger logger, string bucket, string key, string tags);

    [LoggerMessage(4, LogLevel.Warning,
        "{Bucket}/{Key} was {Result} before the step '{Step}'. Nothing was done to what stands there now.")]
    public static partial void ContentChanged(ILogger logger, string bucket, string key, StepResult result, string step);

    [LoggerMessage(5, LogLevel.Warning, "The error tag on {Bucket}/{Key} could not be written: {Error}")]
    public static partial void ErrorTagFailed(ILogger logger, string bucket, string key, string error);

    [LoggerMessage(6, LogLevel.Warning, "The alert on {Bucket}/{Key} was not taken: {Error}")]
    public static partial void AlertFailed(ILogger logger, string bucket, string key, string error);

    [LoggerMessage(7, LogLevel.Information,
        "{Bucket}/{Key} is over Scan:MaxObjectSize and was looked into: the engine read {Inspected} bytes in " +
        "{Members} members and {Windows} windows")]
    public static partial void LookedInto(
        ILogger logger, string bucket, string key, long inspected, int members, int windows);

    [LoggerMessage(10, LogLevel.Error,
        "Message {MessageId} cannot be read and is left to the dead-letter queue: {Error}")]
    public static partial void PoisonMessage(ILogger logger, string messageId, string error);

    [LoggerMessage(11, LogLevel.Warning, "Message {MessageId} goes back to the queue: {Error}")]
    public static partial void MessageReturned(ILogger logger, string messageId, string error);

    [LoggerMessage(12, LogLevel.Warning, "The lease on message {MessageId} could not be renewed: {Error}")]
    public static partial void LeaseNotRenewed(ILogger logger, string messageId, string error);

    [LoggerMessage(13, LogLevel.Warning, "The lease on message {MessageId} is lost; its work stops: {Error}")]
    public static partial void LeaseLost(ILogger logger, string messageId, string error);

    [LoggerMessage(14, LogLevel.Warning,
        "{Count} messages could not be deleted from the queue and will come again: {Error}")]
    public static partial void DeleteFailed(ILogger logger, int count, string error);

    [LoggerMessage(15, LogLevel.Warning, "The queue did not answer; next try in {Seconds} s: {Error}")]
    public static partial void ReceiveFailed(ILogger logger, double seconds, string error);

    [LoggerMessage(16, LogLevel.Error, "Message {MessageId} met a fault of the program and goes back to the queue.")]
    public static partial void Unexpected(ILogger logger, Exception exception, string messageId);

    [LoggerMessage(18, LogLevel.Information, "Stopped: {Summary}")]
    public static partial void Stopped(ILogger logger, string summary);

    [LoggerMessage(20, LogLevel.Error, "No work is taken: {Reason}")]
    public static partial void EngineUnfit(ILogger logger, string reason);

    [LoggerMessage(21, LogLevel.Information,
        "The engine is fit: {Kind}, {Version}, definitions {Definitions} of {Published:u}")]
    public static partial void EngineFit(
        ILogger logger, string kind, string version, string? definitions, DateTimeOffset? published);

    [LoggerMessage(22, LogLevel.Error,
        "The engine failed its self-test: {Count} objects that it called clean since the last one are back on the queue.")]
    public static partial void CleanRequeued(ILogger logger, int count);

    [LoggerMessage(23, LogLevel.Error,
        "{Count} objects that a failing engine called clean could not be put back on the queue yet: {Error}")]
    public static partial void CleanNotRequeued(ILogger logger, int count, string error);

    [LoggerMessage(24, LogLevel.Error, "The alert on the state of the fleet was not taken and is tried again: {Error}")]
    public static partial void FleetAlertFailed(ILogger logger, string error);

    [LoggerMessage(27, LogLevel.Error,
        "The engine has been unfit for {Minutes} minutes: the group was told to replace this instance ({Reason})")]
    public static partial void ReportedUnhealthy(ILogger logger, double minutes, string reason);

    [LoggerMessage(28, LogLevel.Error,
        "The engine has been unfit for {Minutes} minutes, and the group could not be told to replace this instance; next " +
        "try in a minute: {Error}")]
    public static partial void NotReportedUnhealthy(ILogger logger, double minutes, string error);

    [LoggerMessage(29, LogLevel.Warning,
        "The engine has been unfit for {Minutes} minutes, and this machine is in no group that would replace it")]
    public static partial void NobodyReplaces(ILogger logger, double minutes);
}
