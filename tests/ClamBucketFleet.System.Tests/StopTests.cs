using ClamBucketFleet.SystemTests.Machines;
using ClamBucketFleet.TestKit;
using Shouldly;
using Xunit;

namespace ClamBucketFleet.SystemTests;

/// <summary>Stopping with work in hand: what S3 answers is held back, so that an object stays in work.</summary>
public sealed class StopTests(World world) : DaemonTests(world)
{
    private Relay? _relay;

    private Relay Relay => _relay ??= new Relay(World.Network);

    [Theory(Timeout = Limit)]
    [InlineData(Release.Bookworm)]
    [InlineData(Release.Trixie)]
    public async Task Work_that_ends_within_the_drain_is_done_before_the_daemon_stops(Release release)
    {
        var machine = await InstalledAsync(release);
        var bucket = await HoldOneAsync(machine);

        await machine.RunAsync(Cancellation, "systemctl", "stop", "--no-block", Daemon);
        await BecomesAsync(machine, Daemon, unit => unit.Active == "deactivating");
        Relay.Release();

        await StoppedWellAsync(machine);
        (await Scene.KeysAsync(bucket)).ShouldBeEmpty();
        (await Scene.DepthsAsync()).ShouldBe((0, 0));
    }

    [Theory(Timeout = Limit)]
    [InlineData(Release.Bookworm)]
    [InlineData(Release.Trixie)]
    public async Task Work_that_takes_longer_than_the_drain_is_handed_back_at_once(Release release)
    {
        var machine = await InstalledAsync(release, ("Fleet:Drain", "2s"));
        var bucket = await HoldOneAsync(machine);

        await machine.RunAsync(Cancellation, "systemctl", "stop", Daemon);

        await StoppedWellAsync(machine);
        // Not after the visibility timeout.
        (await Scene.DepthsAsync()).ShouldBe((1, 0));
        (await Scene.KeysAsync(bucket)).ShouldBe(["infected"]);
        Relay.Release();
        await machine.RunAsync(Cancellation, "systemctl", "start", Daemon);
        await WorkedOffAsync();
        (await Scene.KeysAsync(bucket)).ShouldBeEmpty();
    }

    [Theory(Timeout = Limit)]
    [InlineData(Release.Bookworm)]
    [InlineData(Release.Trixie)]
    public async Task A_machine_that_is_switched_off_drains_as_well(Release release)
    {
        var machine = await InstalledAsync(release);
        var bucket = await HoldOneAsync(machine);

        var stopping = machine.StopAsync(Cancellation);
        await UntilAsync(async () => (await machine.JournalAsync(Daemon, Cancellation)).Contains("Stopping: 1 ", StringComparison.Ordinal));
        Relay.Release();
        await stopping;

        (await Scene.KeysAsync(bucket)).ShouldBeEmpty();
        (await Scene.DepthsAsync()).ShouldBe((0, 0));
    }

    protected override async ValueTask DisposeMoreAsync()
    {
        if (_relay is not null) await _relay.DisposeAsync();
    }

    /// <summary>Boots the machine, with its S3 behind the relay, and returns when it has an infected object in work.</summary>
    private async Task<string> HoldOneAsync(Machine machine)
    {
        Machines.Scene.Lead(machine, ("AWS_ENDPOINT_URL_S3", $"{Relay.Endpoint}"));
        await machine.BootAsync(Cancellation);
        await IsReadyAsync(machine);
        var bucket = await Scene.BucketAsync();
        // Else it is S3's test event that is in work.
        await WorkedOffAsync();
        Relay.Hold();
        await Scene.PutAsync(bucket, "infected", Eicar.Bytes);
        await BecomesAsync(machine, Daemon, unit => unit.Status.StartsWith("1 in work", StringComparison.Ordinal));
        return bucket;
    }

    private static async Task StoppedWellAsync(Machine machine)
    {
        var stopped = await BecomesAsync(machine, Daemon, unit => unit.Active is "inactive" or "failed");
        stopped.ToString().ShouldContain("ActiveState=inactive");
        stopped.Result.ShouldBe("success");
        stopped.ExitStatus.ShouldBe(0);
    }
}
