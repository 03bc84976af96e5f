using ClamBucketFleet.Options;
using Serilog.Core;
using Serilog.Events;

namespace ClamBucketFleet.Daemon.Logging;

/// <summary>From which level on lines are written, which may change while the daemon runs.</summary>
internal sealed class LogLevels
{
    public LogLevels(LogThreshold level) => Set(level);

    /// <summary>For the daemon's own lines.</summary>
    public LoggingLevelSwitch Own { get; } = new();

    /// <summary>For those of the host: nothing below a warning says anything to the daemon's users.</summary>
    public LoggingLevelSwitch Host { get; } = new();

    public void Set(LogThreshold threshold)
    {
        var level = (LogEventLevel)threshold;
        Own.MinimumLevel = level;
        Host.MinimumLevel = level > LogEventLevel.Warning ? level : LogEventLevel.Warning;
    }
}
