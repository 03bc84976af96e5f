using ClamBucketFleet.SystemTests.Machines;
using ClamBucketFleet.TestKit;
using Shouldly;
using Xunit;

namespace ClamBucketFleet.SystemTests;

/// <summary><c>systemctl reload</c>.</summary>
public sealed class ReloadTests(World world) : DaemonTests(world)
{
    [Theory(Timeout = Limit)]
    [InlineData(Release.Bookworm)]
    [InlineData(Release.Trixie)]
    public async Task A_reload_takes_what_is_right_and_leaves_everything_as_it_was_where_something_is_wrong(Release release)
    {
        var machine = await ReadyAsync(release);
        var before = await machine.UnitAsync(Daemon, Cancellation);
        var bucket = await Scene.BucketAsync();

        Scene.Configure(machine, ("Infected:Action", "none"));
        await machine.RunAsync(Cancellation, "systemctl", "reload", Daemon);
        await UntilAsync(async () => (await machine.JournalAsync(Daemon, Cancellation)).Contains("eloaded", StringComparison.Ordinal));
        await Scene.PutAsync(bucket, "stays", Eicar.Bytes);
        await WorkedOffAsync();
        (await Scene.AlertsAsync()).ShouldContain("INFECTED NONE stays");

        Scene.Configure(machine, ("Infected:Action", "remove"));
        await machine.RunAsync(Cancellation, "systemctl", "reload", Daemon);
        var failed = await BecomesAsync(
            machine, Daemon, unit => unit.Status.Contains("Reload failed", StringComparison.Ordinal));
        await Scene.PutAsync(bucket, "stays-too", Eicar.Bytes);
        await WorkedOffAsync();

        (await Scene.KeysAsync(bucket)).ShouldBe(["stays", "stays-too"]);
        failed.MainProcess.ShouldBe(before.MainProcess);
        failed.Active.ShouldBe("active");
        (await machine.JournalAsync(Daemon, Cancellation)).ShouldContain("remove");
    }
}
