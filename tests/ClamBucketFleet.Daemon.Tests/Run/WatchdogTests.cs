using ClamBucketFleet.TestKit;
using Shouldly;
using Xunit;

namespace ClamBucketFleet.Daemon.Tests.Run;

/// <summary>The watchdog of the unit, over a real socket.</summary>
public sealed class WatchdogTests(MotoFixture moto, ClamdFixture clamd)
{
    private const string Fed = "WATCHDOG=1";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact(Timeout = 120_000)]
    public async Task It_is_fed_from_the_start_until_the_daemon_has_ended_its_work()
    {
        await using var scene = await Scene.CreateAsync(moto.Server, clamd.Server, Cancellation);
        await using var systemd = new NotifySocket(scene.PathOf("notify"));

        var daemon = scene.Start([], new(systemd.Environment) { ["WATCHDOG_USEC"] = "500000" });
        await systemd.SaysAsync("READY=1", Cancellation);
        var before = systemd.States.Count(state => state == Fed);
        await Eventually.UntilAsync(
            () => systemd.States.Count(state => state == Fed) >= before + 5, TimeSpan.FromSeconds(60), Cancellation);

        await daemon.StopsWellAsync(Cancellation);
        await systemd.SaysAsync("STOPPING=1", Cancellation);
    }

    [Fact(Timeout = 120_000)]
    public async Task An_engine_that_is_away_does_not_keep_it_from_being_fed()
    {
        await using var scene = await Scene.CreateAsync(moto.Server, clamd.Server, Cancellation);
        await using var systemd = new NotifySocket(scene.PathOf("notify"));

        var daemon = scene.Start(
            [],
            new(systemd.Environment) { ["WATCHDOG_USEC"] = "500000" },
            ("Scan:ClamdAddress", scene.PathOf("nobody.sock")));
        await systemd.SaysAsync("There is no socket", Cancellation);
        var before = systemd.States.Count(state => state == Fed);
        await Eventually.UntilAsync(
            () => systemd.States.Count(state => state == Fed) >= before + 5, TimeSpan.FromSeconds(60), Cancellation);

        await daemon.StopsWellAsync(Cancellation);
    }

    [Theory(Timeout = 120_000)]
    [InlineData(null, null)]
    [InlineData("500000", "1")]
    public async Task Nobody_asked_nobody_fed(string? microseconds, string? processId)
    {
        await using var scene = await Scene.CreateAsync(moto.Server, clamd.Server, Cancellation);
        await using var systemd = new NotifySocket(scene.PathOf("notify"));
        if (microseconds is not null)
            systemd.Environment["WATCHDOG_USEC"] = microseconds;
        if (processId is not null)
            systemd.Environment["WATCHDOG_PID"] = processId;

        var daemon = scene.Start([], systemd.Environment);
        await systemd.SaysAsync("STATUS=0 in work", Cancellation);
        await daemon.StopsWellAsync(Cancellation);

        await systemd.SaysAsync("STOPPING=1", Cancellation);
        systemd.States.ShouldNotContain(Fed);
    }
}
