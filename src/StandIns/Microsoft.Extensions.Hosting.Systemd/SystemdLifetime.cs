using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Microsoft.Extensions.Logging;

namespace Microsoft.Extensions.Hosting.Systemd;

/// <summary>A host's life under systemd: it tells when it is ready and when it stops, and SIGTERM stops it.</summary>
[UnsupportedOSPlatform("android")]
[UnsupportedOSPlatform("browser")]
[UnsupportedOSPlatform("ios")]
[UnsupportedOSPlatform("maccatalyst")]
[UnsupportedOSPlatform("tvos")]
public partial class SystemdLifetime(
    IHostEnvironment environment,
    IHostApplicationLifetime applicationLifetime,
    ISystemdNotifier systemdNotifier,
    ILoggerFactory loggerFactory)
    : IHostLifetime, IDisposable
{
    private readonly ILogger _logger = loggerFactory.CreateLogger("Microsoft.Hosting.Lifetime");
    private readonly List<IDisposable> _registrations = [];

    public Task WaitForStartAsync(CancellationToken cancellationToken)
    {
        _registrations.Add(applicationLifetime.ApplicationStarted.Register(OnStarted));
        _registrations.Add(applicationLifetime.ApplicationStopping.Register(OnStopping));
        _registrations.Add(PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnTerminate));
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose()
    {
        foreach (var registration in _registrations)
            registration.Dispose();
        GC.SuppressFinalize(this);
    }

    private void OnStarted()
    {
        LogStarted(environment.EnvironmentName, environment.ContentRootPath);
        systemdNotifier.Notify(ServiceState.Ready);
    }

    private void OnStopping()
    {
        LogStopping();
        systemdNotifier.Notify(ServiceState.Stopping);
    }

    private void OnTerminate(PosixSignalContext context)
    {
        // The host ends the process, in its own time.
        context.Cancel = true;
        applicationLifetime.StopApplication();
    }

    [LoggerMessage(LogLevel.Information, "Started in environment {Environment} at {ContentRoot}")]
    private partial void LogStarted(string environment, string contentRoot);

    [LoggerMessage(LogLevel.Information, "Stopping")]
    private partial void LogStopping();
}
