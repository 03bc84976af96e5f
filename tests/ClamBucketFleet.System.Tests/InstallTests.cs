using ClamBucketFleet.SystemTests.Machines;
using Shouldly;
using Xunit;

namespace ClamBucketFleet.SystemTests;

/// <summary>From the package to a deleted object.</summary>
public sealed class InstallTests(World world) : DaemonTests(world)
{
    [Theory(Timeout = Limit)]
    [InlineData(Release.Bookworm)]
    [InlineData(Release.Trixie)]
    public async Task An_image_with_the_package_scans_from_its_first_boot(Release release)
    {
        var machine = await ReadyAsync(release);

        await machine.RunAsync(Cancellation, "sh", "-c", "set -a; . /etc/default/clambucketfleet; clambucketfleet check");

        // Where the compiler was not given the runtime's profile, it is a hundred more.
        const string Compiled = "/root/compiled";
        await machine.RunAsync(
            Cancellation, "env", $"DOTNET_JitStdOutFile={Compiled}", "DOTNET_JitDisasmSummary=1", "clambucketfleet", "version");
        machine.Read(Compiled).Split('\n').Length.ShouldBeInRange(2, 80);
        await DeletesTheInfectedAsync();
    }

    [Theory(Timeout = Limit)]
    [InlineData(Release.Bookworm)]
    [InlineData(Release.Trixie)]
    public async Task Apt_installs_the_package_on_a_running_machine_without_a_network(Release release)
    {
        const string Package = "/root/clambucketfleet.deb";
        var machine = await BareAsync(release);
        File.Copy(World.Package, machine.Root + Package);
        await machine.BootAsync(Cancellation);

        await machine.RunAsync(Cancellation, "apt-get", "install", "--yes", Package);
        Scene.Configure(machine);
        WriteEicar(machine);
        await machine.RunAsync(Cancellation, "systemctl", "restart", Clamd);
        await machine.RunAsync(Cancellation, "systemctl", "start", Daemon);

        await DeletesTheInfectedAsync();
    }
}
