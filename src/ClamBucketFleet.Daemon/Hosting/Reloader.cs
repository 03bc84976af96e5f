using System.Globalization;
using ClamBucketFleet.Daemon.Logging;
using ClamBucketFleet.Options;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace ClamBucketFleet.Daemon.Hosting;

/// <summary>Reads the configuration, from where the process was told at its start.</summary>
internal delegate FleetOptions ReadOptions();

/// <summary>
/// Has the configuration read again: all of it is valid and holds for what begins from then on, or nothing changes.
/// </summary>
internal sealed class Reloader(
    CurrentOptions current,
    ReadOptions read,
    LogLevels levels,
    ServiceManager systemd,
    StatusReporter status,
    IOptions<HostOptions> host,
    IHostApplicationLifetime lifetime,
    ILogger<Reloader> logger,
    TimeProvider time)
{
    // Behind the drain, for what is handed back then; systemd's own limit has to be longer than both.
    private static readonly TimeSpan AfterDrain = TimeSpan.FromSeconds(20);

    private readonly Lock _lock = new();

    /// <summary>The host's limit for its end, by the time that work in progress gets.</summary>
    public static TimeSpan ShutdownLimit(FleetOptions options) => options.Drain + AfterDrain;

    /// <summary>Never throws; a daemon that ends has no use for another configuration.</summary>
    public void Reload()
    {
        lock (_lock)
        {
            if (lifetime.ApplicationStopping.IsCancellationRequested)
            {
                Log.NotReloaded(logger);
                return;
            }

            // READY has to be the start's own word for as long as systemd waits for it.
            var isReady = lifetime.ApplicationStarted.IsCancellationRequested;
            if (isReady)
                systemd.Tell(string.Create(CultureInfo.InvariantCulture, $"RELOADING=1\nMONOTONIC_USEC={Microseconds():0}"));
            ReadAgain();
            if (isReady)
                systemd.Tell("READY=1");
        }
    }

    private void ReadAgain()
    {
        try
        {
            var change = current.Replace(read());
            levels.Set(current.Value.Log.Level);

            // The host looks at it when it stops.
            host.Value.ShutdownTimeout = ShutdownLimit(current.Value);
            status.ReloadFailure = null;
            Log.Reloaded(logger, change.Changed.Count == 0 ? "nothing" : string.Join(", ", change.Changed));
            if (change.NeedRestart.Count > 0)
                Log.RestartNeeded(logger, string.Join(", ", change.NeedRestart));
        }
        catch (Exception e)
        {
            var errors = e.Message.Split('\n');
            foreach (var error in errors)
                Log.ReloadError(logger, error);
            var since = current.Since.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);
            Log.ReloadFailed(logger, since);
            status.ReloadFailure = $"{errors[0].TrimEnd('.')}{(errors.Length > 1 ? $" and {errors.Length - 1} more" : "")} " +
                                   $"(the configuration from {since} holds)";
        }
    }

    // Of CLOCK_MONOTONIC, by which systemd tells this reload from earlier ones.
    private double Microseconds() => Math.Floor(time.GetTimestamp() / (time.TimestampFrequency / 1e6));
}
