using System.Text.Json;
using ClamBucketFleet.SystemTests.Machines;
using Shouldly;
using Xunit;

namespace ClamBucketFleet.SystemTests;

/// <summary>A daemon whose loops hang, each at what it was about to log.</summary>
public sealed class HangTests(World world) : WatchedTests(world)
{
    private const string Journal = "systemd-journald.service";

    // What fills the socket to the journal several times over.
    private const int Objects = 1000;

    // A loop may be silent for its own limit and a minute of margin, before the watchdog's seconds count.
    private static readonly TimeSpan SilenceAndMore = TimeSpan.FromSeconds(180);

    [Theory(Timeout = 2 * Limit)]
    [InlineData(Release.Bookworm)]
    [InlineData(Release.Trixie)]
    public async Task A_daemon_that_hangs_in_its_logging_is_killed_and_its_work_is_done_by_the_next(Release release)
    {
        var machine = await InstalledAsync(release, ("Log:Level", "Trace"), ("Alerts:Publish", "error"));
        var before = await WatchAsync(machine);
        var journal = await machine.UnitAsync(Journal, Cancellation);
        var bucket = await Scene.BucketAsync();

        // What the daemon logs is read no longer, until it can write no more.
        await machine.RunAsync(Cancellation, "kill", "-STOP", $"{journal.MainProcess}");
        await Scene.SendAsync(JsonSerializer.Serialize(new
        {
            objects = Enumerable.Range(0, Objects).Select(number => new { bucket, key = $"gone/{number}" }),
        }));
        await UntilAsync(
            async () => (await machine.UnitAsync(Daemon, Cancellation)).MainProcess != before.MainProcess, SilenceAndMore);
        await machine.RunAsync(Cancellation, "kill", "-CONT", $"{journal.MainProcess}");

        await RestartedAsync(machine, before);
        await UntilAsync(async () => await Scene.DepthsAsync() == (0, 0), SilenceAndMore);
        (await machine.JournalAsync(Daemon, Cancellation)).ShouldContain($"gone/{Objects - 1}");
    }
}
