using ClamBucketFleet.SystemTests.Machines;
using ClamBucketFleet.TestKit;
using Shouldly;
using Xunit;

namespace ClamBucketFleet.SystemTests;

/// <summary>A daemon that hangs is killed and started again, and what it had in hand is done in the end.</summary>
public sealed class WatchdogTests(World world) : DaemonTests(world)
{
    private const string Journal = "systemd-journald.service";

    private Relay? _relay;

    [Theory(Timeout = Limit)]
    [InlineData(Release.Bookworm)]
    [InlineData(Release.Trixie)]
    public async Task A_suspended_daemon_is_killed_and_its_work_is_done_by_the_next(Release release)
    {
        _relay = new Relay(World.Network);
        var machine = await InstalledAsync(release);
        Machines.Scene.Lead(machine, ("AWS_ENDPOINT_URL_S3", $"{_relay.Endpoint}"));
        var before = await WatchedAsync(machine);
        var bucket = await Scene.BucketAsync();
        _relay.Hold();
        await Scene.PutAsync(bucket, "infected", Eicar.Bytes);
        await BecomesAsync(machine, Daemon, unit => unit.Status.StartsWith("1 in work", StringComparison.Ordinal));

        await machine.RunAsync(Cancellation, "kill", "-STOP", $"{before.MainProcess}");

        await RestartedAsync(machine, before);
        _relay.Release();
        await WorkedOffAsync();
        (await Scene.KeysAsync(bucket)).ShouldBeEmpty();
    }

    [Theory(Timeout = Limit)]
    [InlineData(Release.Bookworm)]
    [InlineData(Release.Trixie)]
    public async Task A_daemon_that_hangs_in_its_logging_is_killed(Release release)
    {
        var machine = await InstalledAsync(release, ("Log:Level", "Trace"));
        var before = await WatchedAsync(machine);
        var bucket = await Scene.BucketAsync();
        var journal = await machine.UnitAsync(Journal, Cancellation);

        // What the daemon logs is read no longer, until it can write no more.
        await machine.RunAsync(Cancellation, "kill", "-STOP", $"{journal.MainProcess}");
        var uploaded = 0;
        await UntilAsync(async () =>
        {
            await Scene.PutAsync(bucket, $"clean-{uploaded++}", Clean);
            return (await machine.UnitAsync(Daemon, Cancellation)).MainProcess != before.MainProcess;
        });
        await machine.RunAsync(Cancellation, "kill", "-CONT", $"{journal.MainProcess}");

        await RestartedAsync(machine, before);
        await WorkedOffAsync();
        (await Scene.KeysAsync(bucket)).Count.ShouldBe(uploaded);
    }

    protected override async ValueTask DisposeMoreAsync()
    {
        if (_relay is not null) await _relay.DisposeAsync();
    }

    /// <summary>Boots the machine with a watchdog that waits for seconds and not for a minute.</summary>
    private static async Task<UnitState> WatchedAsync(Machine machine)
    {
        machine.Write($"/etc/systemd/system/{Daemon}.d/watchdog.conf", "[Service]\nWatchdogSec=5s\nRestartSec=100ms\n"u8);
        await machine.BootAsync(Cancellation);
        return await BecomesAsync(machine, Daemon, unit => unit.Active == "active");
    }

    private static async Task RestartedAsync(Machine machine, UnitState before)
    {
        var after = await BecomesAsync(
            machine, Daemon, unit => unit.Active == "active" && unit.MainProcess != before.MainProcess);
        after.Restarts.ShouldBe(1);
        (await machine.RunAsync(Cancellation, "journalctl", "--no-pager", "--output=cat", "--identifier=systemd"))
            .ShouldContain("Watchdog timeout (limit 5s)!");
    }
}
