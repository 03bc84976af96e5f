using ClamBucketFleet.Daemon.Hosting;
using ClamBucketFleet.Options;
using Microsoft.Extensions.Logging;
using Serilog;
using Serilog.Events;
using Serilog.Extensions.Logging;

namespace ClamBucketFleet.Daemon.Logging;

/// <summary>Where log lines go.</summary>
internal static class LogSetup
{
    private const long FileSize = 64L << 20;
    private const int FilesKept = 14;

    /// <summary>For the daemon: compact JSON files, rolled daily and by size, and standard error.</summary>
    public static ILoggerFactory ForDaemon(LogOptions options, LogLevels levels)
    {
        var unwritable = WritableDirectory.WhyNot(options.Directory);
        var factory = Create(options.Directory, levels, unwritable is null ? "clambucketfleet-.json" : null);
        if (unwritable is not null)
            Log.NoLogFiles(factory.CreateLogger(typeof(LogSetup)), options.Directory, unwritable);
        return factory;
    }

    /// <summary>The same for updates of the definitions, whose user need not be one who may write there.</summary>
    public static ILoggerFactory ForUpdate(LogOptions options) => Create(
        options.Directory,
        new LogLevels(options.Level),
        WritableDirectory.WhyNot(options.Directory) is null ? "clambucketfleet-definitions-.json" : null);

    /// <summary>For the verbs that people call: what they must know, on standard error.</summary>
    public static ILoggerFactory ForCommand() => new SerilogLoggerFactory(
        new LoggerConfiguration()
            .MinimumLevel.Is(LogEventLevel.Warning)
            .WriteTo.Console(new LogText(forJournal: false), standardErrorFromLevel: LogEventLevel.Verbose)
            .CreateLogger(),
        dispose: true);

    private static SerilogLoggerFactory Create(string directory, LogLevels levels, string? file)
    {
        var configuration = new LoggerConfiguration()
            .MinimumLevel.ControlledBy(levels.Own)
            .MinimumLevel.Override("Microsoft", levels.Host)

            // How the host ended is said in the daemon's own words, without a stack trace where none helps.
            .MinimumLevel.Override("Microsoft.Extensions.Hosting.Internal.Host", LevelAlias.Off)
            .WriteTo.Console(new LogText(IsJournal), standardErrorFromLevel: LogEventLevel.Verbose);
        if (file is not null)
        {
            configuration.WriteTo.File(
                new CompactJson(),
                Path.Combine(directory, file),
                fileSizeLimitBytes: FileSize,
                rollOnFileSizeLimit: true,
                rollingInterval: RollingInterval.Day,
                retainedFileCountLimit: FilesKept,
                flushToDiskInterval: TimeSpan.FromSeconds(5));
        }

        return new SerilogLoggerFactory(configuration.CreateLogger(), dispose: true);
    }

    private static bool IsJournal => Environment.GetEnvironmentVariable("JOURNAL_STREAM") is { Length: > 0 };
}
