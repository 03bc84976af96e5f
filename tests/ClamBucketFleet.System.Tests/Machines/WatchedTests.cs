using Shouldly;

namespace ClamBucketFleet.SystemTests.Machines;

/// <summary>Tests of the watchdog, which waits for seconds here and not for a minute.</summary>
public abstract class WatchedTests(World world) : DaemonTests(world)
{
    /// <summary>Boots the machine; gives what the daemon is when it is ready.</summary>
    private protected static async Task<UnitState> WatchAsync(Machine machine)
    {
        machine.Write($"/etc/systemd/system/{Daemon}.d/watchdog.conf", "[Service]\nWatchdogSec=5s\nRestartSec=100ms\n"u8);
        await machine.BootAsync(Cancellation);
        return await BecomesAsync(machine, Daemon, unit => unit.Active == "active");
    }

    private protected static async Task RestartedAsync(Machine machine, UnitState before)
    {
        var after = await BecomesAsync(
            machine, Daemon, unit => unit.Active == "active" && unit.MainProcess != before.MainProcess);
        after.Restarts.ShouldBe(1);
        (await machine.RunAsync(Cancellation, "journalctl", "--no-pager", "--output=cat", "--identifier=systemd"))
            .ShouldContain("Watchdog timeout (limit 5s)!");
    }
}
