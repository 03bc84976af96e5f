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

    [LoggerMessage(120, LogLevel.Information, "Stopping: {InWork} in work, with up to {Drain} to end.")]
    public static partial void Stopping(ILogger logger, int inWork, string drain);

    [LoggerMessage(121, LogLevel.Warning, "Draining for {Reason}: {InWork} in work, up to {Seconds} s left")]
    public static partial void Drains(ILogger logger, string reason, int inWork, double seconds);

    [LoggerMessage(122, LogLevel.Information,
        "Works on in spite of {Reason}: it was there before this start, or this machine is in no group that would replace it")]
    public static partial void Stays(ILogger logger, string reason);

    [LoggerMessage(123, LogLevel.Warning, "Works on in spite of {Reason}, and asks again in a minute: {Error}")]
    public static partial void GroupNotFound(ILogger logger, string reason, string error);

    [LoggerMessage(124, LogLevel.Information, "The group was told to replace this instance")]
    public static partial void IsReplaced(ILogger logger);

    [LoggerMessage(125, LogLevel.Error,
        "The group could not be told to replace this instance; the daemon starts again and works until it is ended: {Error}")]
    public static partial void NotReplaced(ILogger logger, string error);

    [LoggerMessage(126, LogLevel.Warning, "The group was not asked to wait, and ends this instance when its own time is over: {Error}")]
    public static partial void HookNotKept(ILogger logger, string error);

    [LoggerMessage(127, LogLevel.Warning, "The group was not told that all is done, and ends this instance when its own time is over: {Error}")]
    public static partial void HookNotCompleted(ILogger logger, string error);

    [LoggerMessage(130, LogLevel.Information, "The stack was told: {Status}")]
    public static partial void Signalled(ILogger logger, string status);

    [LoggerMessage(131, LogLevel.Information, "The stack takes no more signals (403): its creation is over")]
    public static partial void SignalTooLate(ILogger logger);

    [LoggerMessage(132, LogLevel.Warning, "The stack could not be told how this machine does: {Error}")]
    public static partial void NotSignalled(ILogger logger, string error);

    [LoggerMessage(133, LogLevel.Warning, "The stack is not told how this machine does: {Path} holds no URL")]
    public static partial void NoSignalUrl(ILogger logger, string path);

    [LoggerMessage(134, LogLevel.Warning, "The stack was told, and is told again after a restart: {Error}")]
    public static partial void NotMarked(ILogger logger, string error);

    [LoggerMessage(109, LogLevel.Debug, "STATUS {Status}")]
    public static partial void Status(ILogger logger, string status);

    [LoggerMessage(111, LogLevel.Error, "The definitions were not updated: {Error}")]
    public static partial void NotUpdated(ILogger logger, string error);

    [LoggerMessage(119, LogLevel.Error, "Nobody was alerted of the definitions: {Error}")]
    public static partial void NotAlerted(ILogger logger, string error);
}
