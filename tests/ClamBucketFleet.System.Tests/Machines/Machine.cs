using ClamBucketFleet.TestKit;
using Shouldly;

namespace ClamBucketFleet.SystemTests.Machines;

/// <summary>
/// A Debian machine with a real systemd. Its disk is an overlay in memory that outlives a reboot and goes with the
/// object; its network is a <see cref="Network"/> that others may share.
/// </summary>
internal sealed class Machine : IAsyncDisposable
{
    private const string Held = "held";

    private static readonly TimeSpan HoldLimit = TimeSpan.FromSeconds(30);
    private static readonly string Scripts = Repository.Combine("tests", "ClamBucketFleet.System.Tests", "Machines");

    private static int _number;

    private readonly TemporaryDirectory _directory = new();
    private readonly Network _network;
    private ChildProcess? _holder;
    private MachineProcess? _process;

    private Machine(Network network, string name) => (_network, Name) = (network, name);

    public string Name { get; }

    public string CgroupName { get; } = $"cbf-{Environment.ProcessId}-{Interlocked.Increment(ref _number)}";

    /// <summary>PID 1 of the machine, as this process sees it.</summary>
    public int FirstProcess => Process.Leader;

    /// <summary>Where this process sees the machine's files.</summary>
    public string Root => $"/proc/{Holder.Id}/root{_directory.Combine("root")}";

    /// <summary>What was written to the console since the last boot.</summary>
    public string Console => _process?.Console ?? "";

    public bool IsRunning => _process is { IsRunning: true };

    private ChildProcess Holder => _holder ?? throw new InvalidOperationException("Not prepared");

    private MachineProcess Process => _process ?? throw new InvalidOperationException("Not booted");

    private string Cgroup => CgroupOf(CgroupName);

    /// <summary>Ends what killed test runs have left.</summary>
    public static async Task RemoveLeftoversAsync(CancellationToken cancellationToken)
    {
        var script = Path.Combine(Scripts, "leftovers.sh");
        var result = await new Command(Command.Require("unshare"), "--mount", script).RunAsync(cancellationToken);
        result.ExitCode.ShouldBe(0, result.Error);
    }

    /// <summary>Makes the disk and boots nothing.</summary>
    /// <param name="layers">Directories to lay over each other, the uppermost first.</param>
    public static async Task<Machine> PrepareAsync(
        string name, IReadOnlyList<string> layers, Network network, CancellationToken cancellationToken)
    {
        var machine = new Machine(network, name);
        try
        {
            var lower = string.Join(':', layers);
            machine._holder = new Command(
                Command.Require("unshare"),
                "--mount", Path.Combine(Scripts, "hold.sh"), machine.CgroupName, name, machine._directory.Path, lower).Start();
            await machine._holder.WaitForLineAsync(Held, HoldLimit, cancellationToken);
            return machine;
        }
        catch
        {
            await machine.DisposeAsync();
            throw;
        }
    }

    public async Task BootAsync(CancellationToken cancellationToken)
    {
        var nspawn = Outside(Path.Combine(Scripts, "boot.sh"), CgroupName, Name, _directory.Combine("root"), _network.Path);
        _process = await MachineProcess.BootAsync(nspawn, Cgroup, cancellationToken);
    }

    /// <summary>Power off, in order.</summary>
    public Task StopAsync(CancellationToken cancellationToken) => Process.StopAsync(cancellationToken);

    /// <summary>Power cut.</summary>
    public Task KillAsync() => Process.KillAsync();

    /// <summary>A command in the booted machine.</summary>
    public Command Inside(params IEnumerable<string> command) => Process.Inside(command);

    /// <summary>Runs a command in the booted machine; its exit code must be 0; gives what it wrote.</summary>
    public async Task<string> RunAsync(CancellationToken cancellationToken, params string[] command)
    {
        var result = await Inside(command).RunAsync(cancellationToken);
        result.ExitCode.ShouldBe(0, $"{string.Join(' ', command)}:\n{result.Output}{result.Error}");
        return result.Output;
    }

    public async Task<UnitState> UnitAsync(string unit, CancellationToken cancellationToken) => UnitState.Parse(await RunAsync(
        cancellationToken, "systemctl", "show", unit,
        "--property=ActiveState,SubState,Result,StatusText,MainPID,NRestarts,ExecMainCode,ExecMainStatus"));

    /// <summary>The messages of a unit since the last boot, without their times.</summary>
    public async Task<string> JournalAsync(string unit, CancellationToken cancellationToken)
        => await RunAsync(cancellationToken, "journalctl", "--no-pager", "--output=cat", "--boot", $"--unit={unit}");

    /// <summary>Runs a command in the machine's files without booting it, as the build of an image does.</summary>
    public async Task RunUnbootedAsync(CancellationToken cancellationToken, params string[] command)
    {
        var result = await Outside(
            "env", ["--ignore-environment", "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "DEBIAN_FRONTEND=noninteractive",
                "chroot", _directory.Combine("root"), .. command]).RunAsync(cancellationToken);
        result.ExitCode.ShouldBe(0, $"{string.Join(' ', command)}:\n{result.Output}{result.Error}");
    }

    /// <summary>Copies what was written so far into a directory that can be a layer of other machines.</summary>
    public async Task SaveLayerAsync(string directory, CancellationToken cancellationToken)
    {
        var result = await Outside("cp", "--archive", _directory.Combine("upper") + "/.", directory).RunAsync(cancellationToken);
        result.ExitCode.ShouldBe(0, result.Error);
    }

    /// <summary>Writes a file of root's that everybody may read, with the directories above it.</summary>
    public void Write(string path, ReadOnlySpan<byte> content)
    {
        var there = Root + path;
        Directory.CreateDirectory(Path.GetDirectoryName(there)!);
        File.WriteAllBytes(there, content);
    }

    public string Read(string path) => File.ReadAllText(Root + path);

    public bool Has(string path) => Path.Exists(Root + path);

    public void Delete(string path) => File.Delete(Root + path);

    /// <summary>Whether there is such a cgroup on the host, be it another machine's.</summary>
    public bool HasCgroup(string name) => Directory.Exists(CgroupOf(name));

    public async ValueTask DisposeAsync()
    {
        if (_process is not null) await _process.KillAsync();
        if (_holder is not null)
        {
            // The commands that were run in it may take a moment to go.
            await Eventually.UntilAsync(() => RemoveCgroups(new DirectoryInfo(Cgroup)), HoldLimit, CancellationToken.None);
            await _holder.DisposeAsync();
        }
        await _directory.DisposeAsync();
    }

    private string CgroupOf(string name) => $"/proc/{Holder.Id}/root/sys/fs/cgroup/{name}";

    private Command Outside(string program, params string[] arguments)
        => new(Command.Require("nsenter"), [$"--mount=/proc/{Holder.Id}/ns/mnt", "--", program, .. arguments]);

    // Its files are the kernel's: only the directories can be removed, the innermost first.
    private static bool RemoveCgroups(DirectoryInfo cgroup)
    {
        try
        {
            foreach (var inner in cgroup.GetDirectories()) RemoveCgroups(inner);
            cgroup.Delete();
        }
        catch (DirectoryNotFoundException)
        {
            return true;
        }
        catch (IOException)
        {
            return false;
        }
        return true;
    }
}
