using System.CommandLine;
using System.Runtime.InteropServices;
using ClamBucketFleet.Aws.Instance;
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
        try
        {
            return await RunHostAsync(read, mode, cancellationToken).ConfigureAwait(false);
        }
        catch (FatalConfigurationException e) when (mode.UntilEmptyFor is null)
        {
            using var loggers = LogSetup.ForCommand();
            using var signal = StackSignal.Find(loggers.CreateLogger<StackSignal>(), TimeProvider.System);
            if (signal is not null)
                await signal.FailAsync(e.Message, cancellationToken).ConfigureAwait(false);
            throw;
        }
    }

    private static async Task<int> RunHostAsync(ReadOptions read, RunMode mode, CancellationToken cancellationToken)
    {
        var options = read();
        var levels = new LogLevels(options.Log.Level);
        using var loggers = LogSetup.ForDaemon(options.Log, levels);
        await using var fleet = new Fleet(options, loggers, TimeProvider.System);
        using var order = new DrainOrder(fleet.Current, TimeProvider.System);
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
        services.AddSingleton(order);
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
        var lifetime = host.Services.GetRequiredService<IHostApplicationLifetime>();
        var stopping = lifetime.ApplicationStopping;
        var status = host.Services.GetRequiredService<StatusReporter>();
        using var life = InstanceLife(host.Services, fleet, order, exit);
        life?.Start(id => fleet.Alerts.Instance = id);
        using var signal = mode.UntilEmptyFor is null
            ? StackSignal.Find(loggers.CreateLogger<StackSignal>(), TimeProvider.System)
            : null;
        using var stopSignalling = new CancellationTokenSource();
        var signalling = signal?.WatchAsync(() => status.Current, lifetime.ApplicationStarted, stopSignalling.Token) ?? Task.CompletedTask;
        string? fatal = null;
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
            fatal = exit.Code == ExitCode.BadConfiguration ? e.Message : null;
        }

        await stopSignalling.CancelAsync().ConfigureAwait(false);
        await signalling.ConfigureAwait(false);

        // Nothing starts it again after this one; other ends are followed by another start.
        if (fatal is not null && signal is not null)
            await signal.FailAsync(fatal, cancellationToken).ConfigureAwait(false);
        if (life is not null && !await life.EndAsync().ConfigureAwait(false) && exit.Code == ExitCode.Done)
            exit.Code = ExitCode.TryAgain;
        return exit.Code;
    }

    private static InstanceLife? InstanceLife(IServiceProvider services, Fleet fleet, DrainOrder order, ExitStatus exit)
    {
        if (fleet.Metadata is not { } metadata)
            return null;
        var loggers = services.GetRequiredService<ILoggerFactory>();
        return new InstanceLife(
            new InterruptionWatch(
                metadata,
                [new SpotMonitor(metadata), new LifecycleMonitor(metadata), new RebalanceMonitor(metadata)],
                loggers.CreateLogger<InterruptionWatch>(),
                TimeProvider.System),
            fleet.Group!,
            order,
            services.GetRequiredService<FleetCounters>(),
            services.GetRequiredService<Liveness>(),
            services.GetRequiredService<IHostApplicationLifetime>().StopApplication,
            exit,
            services.GetRequiredService<ServiceManager>(),
            loggers.CreateLogger<InstanceLife>(),
            TimeProvider.System);
    }
}
