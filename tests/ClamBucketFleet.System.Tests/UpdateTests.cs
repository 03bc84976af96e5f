using System.Text;
using ClamBucketFleet.SystemTests.Machines;
using ClamBucketFleet.TestKit;
using Shouldly;
using Xunit;

namespace ClamBucketFleet.SystemTests;

/// <summary>Updates as the service does them: freshclam itself, and a source that answers this and that.</summary>
public sealed class UpdateTests(World world) : SourceTests(world)
{
    private const int Unavailable = 69;
    private const int TryAgain = 75;

    private static readonly byte[] Worm = Encoding.UTF8.GetBytes("a worm of the day\n");

    [Theory(Timeout = Limit)]
    [InlineData(Release.Bookworm)]
    [InlineData(Release.Trixie)]
    public async Task A_new_signature_is_found_without_restarting_anything(Release release)
    {
        var machine = await UpdatedAsync(release);
        var (daemon, clamd) = (await machine.UnitAsync(Daemon, Cancellation), await machine.UnitAsync(Clamd, Cancellation));
        var bucket = await Scene.BucketAsync();
        await Scene.PutAsync(bucket, "before", Worm);
        await WorkedOffAsync();

        Serve(Signature("Eicar-Test-Signature", Eicar.Bytes) + Signature("Worm", Worm));
        (await UpdateAsync(machine)).ExitStatus.ShouldBe(0);
        await Scene.PutAsync(bucket, "after", Worm);
        await WorkedOffAsync();

        (await Scene.KeysAsync(bucket)).ShouldBe(["before"]);
        (await machine.UnitAsync(Daemon, Cancellation)).MainProcess.ShouldBe(daemon.MainProcess);
        (await machine.UnitAsync(Clamd, Cancellation)).MainProcess.ShouldBe(clamd.MainProcess);

        Source.Age(Database);
        (await UpdateAsync(machine)).ExitStatus.ShouldBe(0);
        (await machine.JournalAsync(Updates, Cancellation)).ShouldContain("unchanged");
    }

    [Theory(Timeout = Limit)]
    [InlineData(Release.Bookworm)]
    [InlineData(Release.Trixie)]
    public async Task Whatever_the_source_answers_the_definitions_in_use_stay_and_work(Release release)
    {
        var machine = await UpdatedAsync(release);
        var before = machine.Read($"{Databases}/{Database}");

        Serve("this is no signature\n");
        (await UpdateAsync(machine)).ExitStatus.ShouldBe(TryAgain);
        await StillWorksAsync("threw away");

        Source.Answer = new DefinitionsAnswer(500);
        (await UpdateAsync(machine)).ExitStatus.ShouldBe(Unavailable);
        await StillWorksAsync("freshclam failed");

        Source.Answer = new DefinitionsAnswer(200) { Body = Encoding.UTF8.GetBytes(before), BreaksOff = true };
        (await UpdateAsync(machine)).ExitStatus.ShouldBe(Unavailable);
        await StillWorksAsync("freshclam failed");

        // Asked to stay away, it is right to stay away as long as the definitions in use are young enough.
        Source.Answer = new DefinitionsAnswer(429);
        (await UpdateAsync(machine)).ExitStatus.ShouldBe(0);
        await StillWorksAsync("429, too many requests");
        Source.Answer = null;
        var asked = Source.Requests.Count;
        (await UpdateAsync(machine)).ExitStatus.ShouldBe(0);
        Source.Requests.Count.ShouldBe(asked);

        async Task StillWorksAsync(string reason)
        {
            machine.Read($"{Databases}/{Database}").ShouldBe(before);
            (await machine.JournalAsync(Updates, Cancellation)).ShouldContain(reason);
            await DeletesTheInfectedAsync();
        }
    }

    [Theory(Timeout = Limit)]
    [InlineData(Release.Bookworm)]
    [InlineData(Release.Trixie)]
    public async Task Definitions_that_grow_too_old_are_alerted_once_and_stop_the_work(Release release)
    {
        var machine = await UpdatedAsync(release, ("Scan:MaxDefinitionsAge", "1d"));
        Source.Answer = new DefinitionsAnswer(500);

        await machine.RunAsync(Cancellation, "sh", "-c", $"touch -d '3 days ago' $(readlink -f {Databases}/{Database})");
        (await UpdateAsync(machine)).ExitStatus.ShouldBe(Unavailable);
        (await UpdateAsync(machine)).ExitStatus.ShouldBe(Unavailable);

        (await Scene.AlertsOfTheFleetAsync()).Count(error => error.Contains("the update failed", StringComparison.Ordinal)).ShouldBe(1);
        await machine.RunAsync(Cancellation, "systemctl", "restart", "--no-block", Daemon);
        await BecomesAsync(machine, Daemon, unit => unit.Active == "activating"
            && unit.Status.Contains("older than 1d", StringComparison.Ordinal));

        Source.Answer = null;
        Serve(Signature("Eicar-Test-Signature", Eicar.Bytes) + Signature("Worm", Worm));
        (await UpdateAsync(machine)).ExitStatus.ShouldBe(0);
        await IsReadyAsync(machine);
        await DeletesTheInfectedAsync();
        (await Scene.AlertsOfTheFleetAsync()).ShouldContain(error => error.StartsWith("Over: ", StringComparison.Ordinal));
    }
}
