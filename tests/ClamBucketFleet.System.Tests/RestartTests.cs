using System.Text;
using ClamBucketFleet.SystemTests.Machines;
using Shouldly;
using Xunit;

namespace ClamBucketFleet.SystemTests;

/// <summary>What systemd does when the daemon ends by itself.</summary>
public sealed class RestartTests(World world) : DaemonTests(world)
{
    private const int BadConfiguration = 78;

    [Theory(Timeout = Limit)]
    [InlineData(Release.Bookworm, "KILL")]
    [InlineData(Release.Bookworm, "SEGV")]
    [InlineData(Release.Trixie, "KILL")]
    [InlineData(Release.Trixie, "SEGV")]
    public async Task A_daemon_that_crashes_is_started_again_and_works(Release release, string signal)
    {
        var machine = await ReadyAsync(release);
        var before = await machine.UnitAsync(Daemon, Cancellation);

        // The runtime takes a first SIGSEGV that comes from outside for nothing; the process may be gone before systemd says so.
        await UntilAsync(async () =>
        {
            await machine.Inside("kill", $"-{signal}", $"{before.MainProcess}").RunAsync(Cancellation);
            return (await machine.UnitAsync(Daemon, Cancellation)).MainProcess != before.MainProcess;
        });

        var after = await BecomesAsync(machine, Daemon, unit => unit.Active == "active");
        after.Restarts.ShouldBe(1);
        await DeletesTheInfectedAsync();
    }

    [Theory(Timeout = Limit)]
    [InlineData(Release.Bookworm)]
    [InlineData(Release.Trixie)]
    public async Task A_bad_configuration_fails_once_and_stays_failed_until_it_is_right(Release release)
    {
        var machine = await InstalledAsync(release, ("Scan:Timeout", "soon"));
        await machine.BootAsync(Cancellation);

        var failed = await BecomesAsync(machine, Daemon, unit => unit.Active == "failed");
        failed.ExitStatus.ShouldBe(BadConfiguration);
        failed.Restarts.ShouldBe(0);
        var shown = await machine.Inside("systemctl", "status", "--no-pager", Daemon).RunAsync(Cancellation);
        shown.Output.ShouldContain("Scan:Timeout");
        shown.Output.ShouldContain("soon");

        Scene.Configure(machine);
        await machine.RunAsync(Cancellation, "systemctl", "restart", Daemon);

        await DeletesTheInfectedAsync();
    }

    [Theory(Timeout = Limit)]
    [InlineData(Release.Bookworm)]
    [InlineData(Release.Trixie)]
    public async Task The_configuration_as_it_comes_says_what_is_missing(Release release)
    {
        var machine = await InstalledAsync(release);
        var layers = await World.InstalledAsync(release);
        const string Configuration = "/etc/clambucketfleet/clambucketfleet.json";
        machine.Write(Configuration, Encoding.UTF8.GetBytes(await File.ReadAllTextAsync(layers[0] + Configuration, Cancellation)));
        await machine.BootAsync(Cancellation);

        (await BecomesAsync(machine, Daemon, unit => unit.Active == "failed")).ExitStatus.ShouldBe(BadConfiguration);
        (await machine.JournalAsync(Daemon, Cancellation)).ShouldContain("Queue:Url");
    }
}
