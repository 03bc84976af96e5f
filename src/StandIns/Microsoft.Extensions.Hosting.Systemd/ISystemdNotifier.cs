namespace Microsoft.Extensions.Hosting.Systemd;

/// <summary>Tells systemd how the service is.</summary>
public partial interface ISystemdNotifier
{
    /// <summary>Whether there is a service manager that listens.</summary>
    bool IsEnabled { get; }

    /// <summary>Sends a state; does nothing where nobody listens.</summary>
    void Notify(ServiceState state);
}
