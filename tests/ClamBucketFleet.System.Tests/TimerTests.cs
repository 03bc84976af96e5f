using System.Globalization;
using ClamBucketFleet.SystemTests.Machines;
using Shouldly;
using Xunit;

namespace ClamBucketFleet.SystemTests;

/// <summary>When updates happen by themselves.</summary>
public sealed class TimerTests(World world) : SourceTests(world)
{
    private const string Timer = "clambucketfleet-definitions.timer";

    [Theory(Timeout = Limit)]
    [InlineData(Release.Bookworm)]
    [InlineData(Release.Trixie)]
    public async Task A_boot_updates_before_the_daemon_takes_work(Release release)
    {
        var machine = await UpdatedAsync(release);

        (await TimeAsync(machine, Updates, "ExecMainExitTimestampMonotonic"))
            .ShouldBeLessThan(await TimeAsync(machine, Daemon, "ActiveEnterTimestampMonotonic"));
        (await machine.UnitAsync(Updates, Cancellation)).Result.ShouldBe("success");
        await DeletesTheInfectedAsync();
    }

    [Theory(Timeout = Limit)]
    [InlineData(Release.Bookworm)]
    [InlineData(Release.Trixie)]
    public async Task A_timer_that_has_missed_two_days_catches_up_once_its_delay_is_over(Release release)
    {
        var machine = await LedAsync(release);
        // The delay keeps a fleet from asking all at once; the test has no twenty minutes.
        machine.Write($"/etc/systemd/system/{Timer}.d/delay.conf", "[Timer]\nRandomizedDelaySec=0\n"u8);
        await machine.BootAsync(Cancellation);
        await IsReadyAsync(machine);
        var asked = Source.Requests.Count;
        await machine.RunAsync(Cancellation, "systemctl", "is-enabled", Timer);
        await machine.RunAsync(Cancellation, "systemctl", "stop", Timer);
        await machine.RunAsync(Cancellation, "touch", "-d", "2 days ago", $"/var/lib/systemd/timers/stamp-{Timer}");

        await machine.RunAsync(Cancellation, "systemctl", "start", Timer);

        await UntilAsync(() => Task.FromResult(Source.Requests.Count > asked));
        (await BecomesAsync(machine, Updates, unit => unit.Active == "inactive")).Result.ShouldBe("success");
    }

    private static async Task<long> TimeAsync(Machine machine, string unit, string property) => long.Parse(
        await machine.RunAsync(Cancellation, "systemctl", "show", unit, "--value", $"--property={property}"),
        CultureInfo.InvariantCulture);
}
