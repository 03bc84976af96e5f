using ClamBucketFleet.SystemTests.Machines;
using ClamBucketFleet.TestKit;
using Shouldly;
using Xunit;

namespace ClamBucketFleet.SystemTests;

/// <summary>Ready is what can work, and nothing else.</summary>
public sealed class ReadinessTests(World world) : SourceTests(world)
{
    [Theory(Timeout = Limit)]
    [InlineData(Release.Bookworm)]
    [InlineData(Release.Trixie)]
    public async Task A_first_start_without_definitions_waits_says_why_and_takes_no_work(Release release)
    {
        var machine = await LedAsync(release);
        Source.Answer = new DefinitionsAnswer(500);
        var bucket = await Scene.BucketAsync();
        await Scene.PutAsync(bucket, "infected", Eicar.Bytes);
        var depths = await Scene.DepthsAsync();
        await machine.BootAsync(Cancellation);

        var waiting = await BecomesAsync(
            machine, Daemon, unit => unit.Status.Contains("no definitions", StringComparison.Ordinal));
        waiting.Active.ShouldBe("activating");
        (await Scene.DepthsAsync()).ShouldBe(depths);
        (await Scene.KeysAsync(bucket)).ShouldBe(["infected"]);

        Source.Answer = null;
        (await UpdateAsync(machine)).ExitStatus.ShouldBe(0);

        await IsReadyAsync(machine);
        await WorkedOffAsync();
        (await Scene.KeysAsync(bucket)).ShouldBeEmpty();
        // The failed update was alerted. Waiting for the first definitions is nobody's failure, and is not.
        (await Scene.AlertsOfTheFleetAsync()).ShouldAllBe(error => error.Contains("the update failed", StringComparison.Ordinal));
    }

    [Theory(Timeout = Limit)]
    [InlineData(Release.Bookworm)]
    [InlineData(Release.Trixie)]
    public async Task The_daemon_is_never_active_before_its_self_test_has_passed(Release release)
    {
        var machine = await InstalledAsync(release);
        // In the order of their times, as systemd writes them down: the unit's, and the daemon's own.
        await machine.BootAsync(Cancellation);
        await IsReadyAsync(machine);

        var journal = (await machine.JournalAsync(Daemon, Cancellation)).Split('\n');
        var proved = Array.FindIndex(journal, line => line.Contains("The engine is fit", StringComparison.Ordinal));
        var ready = Array.FindIndex(journal, line => line.Contains("Ready: ", StringComparison.Ordinal));
        var started = Array.FindIndex(journal, line => line.StartsWith("Started ", StringComparison.Ordinal));

        proved.ShouldBeGreaterThanOrEqualTo(0, string.Join('\n', journal));
        ready.ShouldBeGreaterThan(proved);
        started.ShouldBeGreaterThan(ready);
    }
}
