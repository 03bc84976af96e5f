using ClamBucketFleet.SystemTests.Machines;
using ClamBucketFleet.TestKit;
using Shouldly;
using Xunit;

namespace ClamBucketFleet.SystemTests;

/// <summary>A daemon that hangs is killed and started again, and what it had in hand is done in the end.</summary>
public sealed class WatchdogTests(World world) : WatchedTests(world)
{
    private Relay? _relay;

    [Theory(Timeout = Limit)]
    [InlineData(Release.Bookworm)]
    [InlineData(Release.Trixie)]
    public async Task A_suspended_daemon_is_killed_and_its_work_is_done_by_the_next(Release release)
    {
        _relay = new Relay(World.Network);
        var machine = await InstalledAsync(release);
        Machines.Scene.Lead(machine, ("AWS_ENDPOINT_URL_S3", $"{_relay.Endpoint}"));
        var before = await WatchAsync(machine);
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

    protected override async ValueTask DisposeMoreAsync()
    {
        if (_relay is not null) await _relay.DisposeAsync();
    }
}
