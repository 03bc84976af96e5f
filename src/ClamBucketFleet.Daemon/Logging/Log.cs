using Microsoft.Extensions.Logging;

namespace ClamBucketFleet.Daemon;

/// <summary>Every log message of the executable itself.</summary>
internal static partial class Log
{
    [LoggerMessage(100, LogLevel.Warning, "Nothing is logged to files in {Directory} (Log:Directory): {Error}")]
    public static partial void NoLogFiles(ILogger logger, string directory, string error);

    [LoggerMessage(101, LogLevel.Information, "clambucketfleet {Version} starts: queue {Queue}, {Places} objects at once")]
    public static partial void Starting(ILogger logger, string version, string queue, int places);

    [LoggerMessage(102, LogLevel.Information, "Ready: {Waiting} messages wait, {InFlight} are in flight")]
    public static partial void Ready(ILogger logger, long waiting, long inFlight);

    [LoggerMessage(103, LogLevel.Warning, "The queue cannot be reached yet; next try in {Seconds} s: {Error}")]
    public static partial void QueueNotReached(ILogger logger, double seconds, string error);

    [LoggerMessage(104, LogLevel.Warning,
        "The queue has no dead-letter queue: a message that cannot be worked on comes back until it is too old")]
    public static partial void NoDeadLetterQueue(ILogger logger);

    [LoggerMessage(105, LogLevel.Critical, "The daemon cannot go on: {Error}")]
    public static partial void Fatal(ILogger logger, string error);

    [LoggerMessage(106, LogLevel.Critical, "The daemon failed")]
    public static partial void Crashed(ILogger logger, Exception exception);

    [LoggerMessage(107, LogLevel.Information, "The queue has been empty for {Idle}: done")]
    public static partial void Drained(ILogger logger, string idle);

    [LoggerMessage(108, LogLevel.Warning, "The time to end work is over: {InWork} messages are handed back")]
    public static partial void Abandoning(ILogger logger, int inWork);

    [LoggerMessage(110, LogLevel.Information, "Stopped before it was ready: nothing was begun")]
    public static partial void StoppedEarly(ILogger logger);

    [LoggerMessage(111, LogLevel.Error, "{Late}: it hangs, or the machine is far too busy")]
    public static partial void Late(ILogger logger, string late);

    [LoggerMessage(112, LogLevel.Warning, "Everything has been heard of again")]
    public static partial void InTimeAgain(ILogger logger);

    [LoggerMessage(113, LogLevel.Debug, "The service manager did not take {State}: {Error}")]
    public static partial void NotTold(ILogger logger, string state, string error);

    [LoggerMessage(114, LogLevel.Information, "The configuration was read again; new for objects begun from now on: {Keys}")]
    public static partial void Reloaded(ILogger logger, string keys);

    [LoggerMessage(115, LogLevel.Warning, "The configuration differs in {Keys}, which need a restart: their old values hold")]
    public static partial void RestartNeeded(ILogger logger, string keys);

    [LoggerMessage(116, LogLevel.Error, "{Error}")]
    public static partial void ReloadError(ILogger logger, string error);

    [LoggerMessage(117, LogLevel.Error, "The configuration was not read again: the one from {Since} holds")]
    public static partial void ReloadFailed(ILogger logger, string since);

    [LoggerMessage(118, LogLevel.Information, "The configuration is not read again by a daemon that stops")]
    public static partial void NotReloaded(ILogger logger);

    [LoggerMessage(109, LogLevel.Debug, "STATUS {Status}")]
    public static partial void Status(ILogger logger, string status);

    [LoggerMessage(111, LogLevel.Error, "The definitions were not updated: {Error}")]
    public static partial void NotUpdated(ILogger logger, string error);

    [LoggerMessage(119, LogLevel.Error, "Nobody was alerted of the definitions: {Error}")]
    public static partial void NotAlerted(ILogger logger, string error);
}
