using System.Text.Json;
using ClamBucketFleet.SystemTests.Machines;
using Xunit;

namespace ClamBucketFleet.SystemTests;

/// <summary>A daemon whose loops hang, each at what it was about to log.</summary>
public sealed class HangTests(World world) : WatchedTests(world)
{
    private const string Journal = "systemd-journald.service";

    // What fills the socket to the journal: sixteen mebibytes, with what the kernel counts for each line.
    private const int Messages = 12;
    private const int Objects = 5000;

    // A line of the log gets a minute before the watchdog's seconds count.
    private static readonly TimeSpan SilenceAndMore = TimeSpan.FromSeconds(180);

    [Theory(Timeout = 2 * Limit)]
    [InlineData(Release.Bookworm)]
    [InlineData(Release.Trixie)]
    public async Task A_daemon_that_hangs_in_its_logging_is_killed_and_its_work_is_done_by_the_next(Release release)
    {
        var machine = await InstalledAsync(release, ("Log:Level", "Trace"), ("Filter:Exclude", "**"));
        var before = await WatchAsync(machine);
        var journal = await machine.UnitAsync(Journal, Cancellation);
        // What the daemon logs is read no longer, until it can write no more.
        await machine.RunAsync(Cancellation, "kill", "-STOP", $"{journal.MainProcess}");
        var message = JsonSerializer.Serialize(new
        {
            objects = Enumerable.Range(0, Objects).Select(number => new { bucket = "filtered", key = $"{number}" }),
        });
        for (var sent = 0; sent < Messages; sent++) await Scene.SendAsync(message);
        await UntilAsync(
            async () => (await machine.UnitAsync(Daemon, Cancellation)).MainProcess != before.MainProcess, SilenceAndMore);
        await machine.RunAsync(Cancellation, "kill", "-CONT", $"{journal.MainProcess}");

        await RestartedAsync(machine, before);
        await UntilAsync(async () => await Scene.DepthsAsync() == (0, 0), SilenceAndMore);
    }
}
