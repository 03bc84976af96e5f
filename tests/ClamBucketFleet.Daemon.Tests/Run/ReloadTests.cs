using System.Diagnostics;
using System.Globalization;
using ClamBucketFleet.TestKit;
using Shouldly;
using Xunit;

namespace ClamBucketFleet.Daemon.Tests.Run;

/// <summary>SIGHUP, as <c>systemctl reload</c> sends it.</summary>
public sealed class ReloadTests(MotoFixture moto, ClamdFixture clamd)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact(Timeout = 120_000)]
    public async Task A_valid_configuration_holds_for_objects_begun_from_then_on()
    {
        await using var scene = await Scene.CreateAsync(moto.Server, clamd.Server, Cancellation);
        await using var systemd = new NotifySocket(scene.PathOf("notify"));
        var bucket = await scene.BucketAsync();
        var daemon = Start(scene, systemd, """{"Infected":{"Action":"tag"}}""");
        await systemd.SaysAsync("READY=1", Cancellation);
        await scene.PutAsync(bucket, "k1", Eicar.Bytes);
        (await scene.AlertOnAsync("k1", "INFECTED")).Action.ShouldBe("TAG");

        var before = Stopwatch.GetTimestamp();
        Write(scene, """{"Infected":{"Action":"delete"},"Log":{"Level":"Debug"},"Scan":{"Concurrency":3}}""");
        daemon.Process.Send(Signal.Hangup);
        await daemon.LogsAsync("new for objects begun from now on: Infected:Action, Log:Level", Cancellation);
        await daemon.LogsAsync("differs in Scan:Concurrency, which need a restart: their old values hold", Cancellation);

        await Eventually.UntilAsync(
            () => systemd.States.Count(state => state == "READY=1") == 2, TimeSpan.FromSeconds(30), Cancellation);
        var said = systemd.States.SkipWhile(state => state != "RELOADING=1").Take(2).ToArray();
        var microseconds = long.Parse(said[1].Split("MONOTONIC_USEC=")[1], CultureInfo.InvariantCulture);
        microseconds.ShouldBeInRange(Microseconds(before), Microseconds(Stopwatch.GetTimestamp()));

        await scene.PutAsync(bucket, "k2", Eicar.Bytes);
        (await scene.AlertOnAsync("k2", "INFECTED")).Action.ShouldBe("DELETE");
        await daemon.LogsAsync("debug STATUS", Cancellation);
        await daemon.StopsWellAsync(Cancellation);
    }

    [Fact(Timeout = 120_000)]
    public async Task An_invalid_configuration_changes_nothing_and_is_said_until_the_next_good_one()
    {
        await using var scene = await Scene.CreateAsync(moto.Server, clamd.Server, Cancellation);
        await using var systemd = new NotifySocket(scene.PathOf("notify"));
        var bucket = await scene.BucketAsync();
        var daemon = Start(scene, systemd, """{"Infected":{"Action":"tag"}}""");
        await systemd.SaysAsync("READY=1", Cancellation);

        Write(scene, """{"Infected":{"Action":"burn"},"Clean":{"Action":"tag"},"Scan":{"Timout":"1m"}}""");
        daemon.Process.Send(Signal.Hangup);
        await daemon.LogsAsync("error Infected:Action is 'burn': allowed is delete, quarantine, tag, none.", Cancellation);
        await daemon.LogsAsync("error Scan:Timout is '1m': there is no such key. Did you mean Scan:Timeout?", Cancellation);
        await daemon.LogsAsync("error The configuration was not read again: the one from ", Cancellation);
        await systemd.SaysAsync(
            "STATUS=Reload failed: Infected:Action is 'burn': allowed is delete, quarantine, tag, none and 1 more (the configuration from ",
            Cancellation);
        await scene.PutAsync(bucket, "k", Eicar.Bytes);
        (await scene.AlertOnAsync("k", "INFECTED")).Action.ShouldBe("TAG");
        await systemd.SaysAsync("holds); 0 in work, 1 scanned", Cancellation);
        systemd.States.Count(state => state == "READY=1").ShouldBe(2);

        Write(scene, """{"Infected":{"Action":"delete"}}""");
        daemon.Process.Send(Signal.Hangup);
        await daemon.LogsAsync("new for objects begun from now on: Infected:Action", Cancellation);
        await Eventually.UntilAsync(
            () => systemd.States[^1].StartsWith("STATUS=0 in work, 1 scanned", StringComparison.Ordinal), TimeSpan.FromSeconds(30), Cancellation);
        await daemon.StopsWellAsync(Cancellation);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_file_that_is_no_JSON_or_is_gone_changes_nothing()
    {
        await using var scene = await Scene.CreateAsync(moto.Server, clamd.Server, Cancellation);
        await using var systemd = new NotifySocket(scene.PathOf("notify"));
        var daemon = Start(scene, systemd, "{}");
        await systemd.SaysAsync("READY=1", Cancellation);

        Write(scene, "{");
        daemon.Process.Send(Signal.Hangup);
        await daemon.LogsAsync("fleet.json is not JSON", Cancellation);
        File.Delete(scene.PathOf("fleet.json"));
        daemon.Process.Send(Signal.Hangup);
        await daemon.LogsAsync("fleet.json cannot be read", Cancellation);

        await systemd.SaysAsync("fleet.json cannot be read", Cancellation);
        await daemon.StopsWellAsync(Cancellation);
    }

    [Fact(Timeout = 120_000)]
    public async Task Before_it_is_ready_it_reads_again_and_does_not_say_that_it_is_ready()
    {
        await using var scene = await Scene.CreateAsync(moto.Server, clamd.Server, Cancellation);
        await using var systemd = new NotifySocket(scene.PathOf("notify"));
        var daemon = Start(scene, systemd, "{}", ("Scan:ClamdAddress", scene.PathOf("nobody.sock")));
        await systemd.SaysAsync("STATUS=Waiting for clamd: ", Cancellation);

        Write(scene, """{"Infected":{"Action":"tag"}}""");
        daemon.Process.Send(Signal.Hangup);
        await daemon.LogsAsync("new for objects begun from now on: Infected:Action", Cancellation);

        await daemon.StopsWellAsync(Cancellation);
        systemd.States.ShouldNotContain("READY=1");
        systemd.States.ShouldNotContain("RELOADING=1");
    }

    [Fact(Timeout = 120_000)]
    public async Task Without_systemd_it_reads_again_and_lives_on()
    {
        await using var scene = await Scene.CreateAsync(moto.Server, clamd.Server, Cancellation);
        var daemon = scene.Start();
        await daemon.IsReadyAsync(Cancellation);

        daemon.Process.Send(Signal.Hangup);

        await daemon.LogsAsync("new for objects begun from now on: nothing", Cancellation);
        await daemon.StopsWellAsync(Cancellation);
    }

    [Fact(Timeout = 120_000)]
    public async Task While_it_drains_neither_SIGHUP_nor_another_SIGTERM_changes_that()
    {
        await using var held = await ClamdServer.StartAsync(Cancellation);
        await using var scene = await Scene.CreateAsync(moto.Server, held, Cancellation);
        await using var systemd = new NotifySocket(scene.PathOf("notify"));
        var bucket = await scene.BucketAsync();
        var daemon = Start(scene, systemd, """{"Fleet":{"Drain":"10m"}}""");
        await systemd.SaysAsync("READY=1", Cancellation);
        held.Suspend();
        await scene.PutAsync(bucket, "k", Eicar.Bytes);
        await systemd.SaysAsync("STATUS=1 in work", Cancellation);

        daemon.Process.Send(Signal.Terminate);
        const string Draining = "STATUS=Draining: 1 in work, up to 59";
        await systemd.SaysAsync(Draining, Cancellation);
        systemd.States.First(state => state.StartsWith(Draining, StringComparison.Ordinal)).ShouldMatch($"^{Draining}[0-9] s left$");
        daemon.Process.Send(Signal.Hangup);
        await daemon.LogsAsync("The configuration is not read again by a daemon that stops", Cancellation);
        daemon.Process.Send(Signal.Terminate);
        held.Resume();

        await daemon.EndsWellAsync(Cancellation);
        (await scene.AlertOnAsync("k", "INFECTED")).Action.ShouldBe("DELETE");
        await systemd.SaysAsync("STATUS=Stopped: 0 in work, 1 scanned, 1 infected", Cancellation);
        systemd.States.Count(state => state == "READY=1").ShouldBe(1);
        systemd.States.ShouldNotContain("RELOADING=1");
    }

    [Fact(Timeout = 120_000)]
    public async Task A_shorter_drain_holds_at_once_and_what_is_in_work_is_handed_back()
    {
        await using var held = await ClamdServer.StartAsync(Cancellation);
        await using var scene = await Scene.CreateAsync(moto.Server, held, Cancellation);
        await using var systemd = new NotifySocket(scene.PathOf("notify"));
        var bucket = await scene.BucketAsync();
        var daemon = Start(scene, systemd, """{"Fleet":{"Drain":"1h"}}""");
        await systemd.SaysAsync("READY=1", Cancellation);
        held.Suspend();
        await scene.PutAsync(bucket, "k", Eicar.Bytes);
        await systemd.SaysAsync("STATUS=1 in work", Cancellation);

        Write(scene, """{"Fleet":{"Drain":"1s"}}""");
        daemon.Process.Send(Signal.Hangup);
        await daemon.LogsAsync("new for objects begun from now on: Fleet:Drain", Cancellation);
        await daemon.StopsWellAsync(Cancellation);

        daemon.Log.ShouldContain(line => line.Contains("The time to end work is over: 1 messages are handed back", StringComparison.Ordinal));
        await scene.DepthsBecomeAsync(waiting: 1, inFlight: 0);
        held.Resume();
    }

    private static RunningDaemon Start(
        Scene scene, NotifySocket systemd, string configuration, params (string Key, string Value)[] settings)
    {
        Write(scene, configuration);
        return scene.Start(["--config", scene.PathOf("fleet.json")], systemd.Environment, settings);
    }

    private static void Write(Scene scene, string configuration) =>
        File.WriteAllText(scene.PathOf("fleet.json"), configuration);

    private static long Microseconds(long timestamp) => timestamp / (Stopwatch.Frequency / 1_000_000);
}
