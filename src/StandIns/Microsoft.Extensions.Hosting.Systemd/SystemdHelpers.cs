namespace Microsoft.Extensions.Hosting.Systemd;

/// <summary>What the process knows of its service manager.</summary>
public static class SystemdHelpers
{
    private static readonly bool IsService = Detect();

    /// <summary>
    /// Whether systemd started this process: its parent is called systemd, or it is the first process of a container
    /// that was given systemd's variables. False where /proc hides the parent (ProtectProc=invisible).
    /// </summary>
    public static bool IsSystemdService() => IsService;

    private static bool Detect()
    {
        if (!OperatingSystem.IsLinux())
            return false;
        if (Environment.ProcessId == 1)
            return Has("NOTIFY_SOCKET") || Has("LISTEN_PID");
        try
        {
            return File.ReadAllText($"/proc/{ParentId()}/comm") == "systemd\n";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static bool Has(string variable) => !string.IsNullOrEmpty(Environment.GetEnvironmentVariable(variable));

    // "pid (name) state ppid …", where the name may hold anything.
    private static string ParentId()
    {
        var stat = File.ReadAllText("/proc/self/stat");
        return stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[1];
    }
}
