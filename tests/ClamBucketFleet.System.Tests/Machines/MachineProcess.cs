using ClamBucketFleet.TestKit;

namespace ClamBucketFleet.SystemTests.Machines;

/// <summary>A booted systemd: systemd-nspawn, and the PID 1 within it.</summary>
internal sealed class MachineProcess
{
    private static readonly TimeSpan BootLimit = TimeSpan.FromSeconds(60);

    private readonly ChildProcess _nspawn;
    private readonly string _cgroup;

    private MachineProcess(ChildProcess nspawn, string cgroup) => (_nspawn, _cgroup) = (nspawn, cgroup);

    /// <summary>PID 1 of the machine, as this process sees it.</summary>
    public int Leader { get; private set; }

    public string Console => $"{_nspawn.Output}{_nspawn.Error}";

    public bool IsRunning => Leader != 0 && Directory.Exists($"/proc/{Leader}");

    /// <summary>Runs systemd-nspawn and waits until systemd inside answers; units may still be starting.</summary>
    public static async Task<MachineProcess> BootAsync(Command nspawn, string cgroup, CancellationToken cancellationToken)
    {
        var machine = new MachineProcess(nspawn.Start(), cgroup);
        await machine.UntilAsync(_ => Task.FromResult(machine.FindLeader()), cancellationToken);
        // It would outlive systemd-nspawn's end by SIGKILL.
        Reaper.Watch(machine.Leader);
        Directory.CreateDirectory(Path.Combine(cgroup, "payload", "tests.scope"));
        await machine.UntilAsync(machine.AnswersAsync, cancellationToken);
        return machine;
    }

    /// <summary>A command inside, in a cgroup of the machine, with a clean environment.</summary>
    public Command Inside(IEnumerable<string> command) => new(
        "/bin/bash",
        [
            "-euc", "echo $$ >\"$0\"; exec \"$@\"", Path.Combine(_cgroup, "payload", "tests.scope", "cgroup.procs"),
            "nsenter", $"--target={Leader}", "--mount", "--uts", "--ipc", "--net", "--pid", "--cgroup", "--root", "--wd",
            "--", "env", "--ignore-environment", "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            "HOME=/root", "LANG=C.UTF-8", "TERM=dumb", "DEBIAN_FRONTEND=noninteractive", .. command,
        ]);

    /// <summary>Power off as by its button: units are stopped.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        _nspawn.Send(Signal.Terminate);
        await _nspawn.WaitForExitAsync(cancellationToken);
        await EndAsync();
    }

    /// <summary>Power cut.</summary>
    public async Task KillAsync()
    {
        if (Leader != 0) Signals.Send(Leader, Signal.Kill);
        await EndAsync();
    }

    private async Task EndAsync()
    {
        await _nspawn.DisposeAsync();
        if (Leader != 0) Reaper.Forget(Leader);
        Leader = 0;
    }

    private async Task UntilAsync(Func<CancellationToken, Task<bool>> condition, CancellationToken cancellationToken)
    {
        try
        {
            await Eventually.UntilAsync(condition, BootLimit, cancellationToken);
        }
        catch (Exception e) when (e is TimeoutException or InvalidOperationException)
        {
            await KillAsync();
            throw new InvalidOperationException($"The machine does not boot:\n{Console}", e);
        }
    }

    // nspawn's child that is process 1 in its own namespace.
    private bool FindLeader()
    {
        if (_nspawn.HasExited) throw new InvalidOperationException("systemd-nspawn ended");
        try
        {
            var children = File.ReadAllText($"/proc/{_nspawn.Id}/task/{_nspawn.Id}/children");
            Leader = children.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(int.Parse).FirstOrDefault(IsFirst);
        }
        catch (IOException)
        {
            // A child that came and went.
        }
        return Leader != 0 && Directory.Exists(Path.Combine(_cgroup, "payload"));
    }

    private static bool IsFirst(int process) => File.ReadLines($"/proc/{process}/status")
        .Any(line => line.StartsWith("NSpid:", StringComparison.Ordinal) && line.EndsWith("\t1", StringComparison.Ordinal));

    private async Task<bool> AnswersAsync(CancellationToken cancellationToken)
    {
        if (_nspawn.HasExited) throw new InvalidOperationException("systemd-nspawn ended");
        return (await Inside(["systemctl", "show", "--property=Version"]).RunAsync(cancellationToken)).ExitCode == 0;
    }
}
