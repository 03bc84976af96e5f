using System.CommandLine;
using System.Runtime.InteropServices;
using ClamBucketFleet.Daemon.Hosting;
using ClamBucketFleet.Daemon.Logging;
using ClamBucketFleet.Options;
using ClamBucketFleet.Pipeline;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Hosting.Systemd;
using Microsoft.Extensions.Logging;

namespace ClamBucketFleet.Daemon.Cli;

/// <summary><c>run</c>: the daemon.</summary>
internal sealed class RunCommand : Command, IHasExamples
{
    public RunCommand(Option<string?> config, IReadOnlyDictionary<string, string?> settings)
        : base("run", "Consumes the scan queue until it is told to stop (SIGTERM, Ctrl-C).")
    {
        var drain = new Option<bool>("--drain") { Description = "Ends with 0 once the queue has been empty for --idle." };
        var idle = new Option<string>("--idle")
        {
            Description = "How long the queue must have been empty, as in 5s or 1m.",
            DefaultValueFactory = _ => "5s",
            HelpName = "duration",
        };
        Add(drain);
        Add(idle);
        SetAction((parsed, cancellationToken) =>
        {
            if (!ValueParser.TryDuration(parsed.GetRequiredValue(idle), out var emptyFor))
                throw new UsageException($"--idle is '{SafeText.Escape(parsed.GetRequiredValue(idle))}': allowed is {ValueParser.DurationForm}.");
            return RunAsync(
                () => ConfigurationLoader.Load(parsed.GetValue(config), settings, queueIsRequired: true),
                new RunMode(parsed.GetValue(drain) ? emptyFor : null),
                cancellationToken);
        });
    }

    public string Examples => """
        Examples:
          clambucketfleet run
          clambucketfleet run --config fleet.json --Log:Level=Debug
          clambucketfleet run --drain --idle 30s
        """;

    private static async Task<int> RunAsync(ReadOptions read, RunMode mode, CancellationToken cancellationToken)
    {
        var options = read();
        var levels = new LogLevels(options.Log.Level);
        using var loggers = LogSetup.ForDaemon(options.Log, levels);
        await using var fleet = new Fleet(options, loggers, TimeProvider.System);
        var exit = new ExitStatus();

        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        var services = builder.Services;
        services.AddSingleton(loggers);
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton(fleet.Fitness);
        services.AddSingleton(fleet.Current);
        services.AddSingleton(read);
        services.AddSingleton(levels);
        services.AddSingleton<Reloader>();
        services.AddSingleton<FleetCounters>();
        services.AddSingleton<Liveness>();
        services.AddSingleton<ServiceManager>();
        services.AddSingleton<StatusReporter>();
        services.AddSingleton(WatchdogLimit.Read());
        services.AddSingleton<Watchdog>();
        services.AddSingleton(mode);
        services.AddSingleton(exit);
        services.AddSystemd();

        // AddSystemd looks for systemd in /proc, which a hardened unit hides.
        services.AddSingleton<ISystemdNotifier, SystemdNotifier>();
        if (Environment.GetEnvironmentVariable("NOTIFY_SOCKET") is { Length: > 0 })
            services.AddSingleton<IHostLifetime, SystemdLifetime>();
        services.Configure<HostOptions>(host => host.ShutdownTimeout = Reloader.ShutdownLimit(options));
        services.AddHostedService(provider => ActivatorUtilities.CreateInstance<FleetService>(provider, fleet));

        // Asked for now: whatever RunAsync ends with, it has disposed of the host by then.
        using var host = builder.Build();
        using var meters = new FleetMetrics(host.Services.GetRequiredService<FleetCounters>(), fleet.Fitness, TimeProvider.System);

        // Last, so that the first export has all of them, and what is left is sent while they are there.
        using var metrics = MetricsExport.Start();
        var stopping = host.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
        var reloader = host.Services.GetRequiredService<Reloader>();
        using var hangup = PosixSignalRegistration.Create(PosixSignal.SIGHUP, signal =>
        {
            signal.Cancel = true;
            reloader.Reload();
        });
        try
        {
            await host.RunAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested || cancellationToken.IsCancellationRequested)
        {
            // Told to stop before it was ready: nothing was begun.
            Log.StoppedEarly(loggers.CreateLogger<RunCommand>());
        }
        catch (Exception e)
        {
            exit.Code = ExitCode.Of(e);
            if (exit.Code == ExitCode.Internal)
                Log.Crashed(loggers.CreateLogger<RunCommand>(), e);
            else
                Log.Fatal(loggers.CreateLogger<RunCommand>(), e.Message);
        }

        return exit.Code;
    }
}
