using System.Globalization;
using System.Text.Json.Nodes;
using Amazon.S3.Model;
using ClamBucketFleet.SystemTests.Machines;
using ClamBucketFleet.TestKit;
using Shouldly;
using Xunit;

namespace ClamBucketFleet.SystemTests;

/// <summary>Three machines that share their definitions in a bucket.</summary>
public sealed class MirrorTests(World world) : SourceTests(world)
{
    private static readonly TimeSpan LeaseAndMore = TimeSpan.FromSeconds(150);

    [Fact(Timeout = 2 * Limit)]
    public async Task One_asks_the_source_for_all_the_others_take_over_when_it_dies_and_a_broken_set_reaches_nobody()
    {
        var mirror = await MirrorAsync();
        var machines = new Dictionary<string, Machine>();
        foreach (var (name, release) in new[] { ("one", Release.Bookworm), ("two", Release.Trixie), ("three", Release.Trixie) })
            machines[name] = await LedAsync(release, name, ("Definitions:Bucket", mirror));
        Source.Answer = new DefinitionsAnswer(200) { Hangs = true };

        // Their updates at boot: one holds the lease, and hangs at the source.
        foreach (var machine in machines.Values) await machine.BootAsync(Cancellation);
        await UntilAsync(() => Task.FromResult(Source.Requests.Count > 0));
        var holder = (await ReadAsync(mirror, "lease.json"))["holder"]!.GetValue<string>();
        foreach (var (name, machine) in machines.Where(machine => machine.Key != holder))
        {
            await UntilAsync(async () => (await machine.JournalAsync(Updates, Cancellation))
                .Contains("Another instance", StringComparison.Ordinal), () => name);
        }
        Source.Requests.Count.ShouldBe(1);

        await machines[holder].KillAsync();
        Source.Answer = null;

        var others = machines.Where(machine => machine.Key != holder).Select(machine => machine.Value).ToArray();
        foreach (var machine in others) await IsUpdatedAsync(machine);
        Source.Requests.Count.ShouldBe(2);
        await machines[holder].BootAsync(Cancellation);
        await IsUpdatedAsync(machines[holder]);
        Source.Requests.Count.ShouldBe(2);

        // An hour later the source has something broken.
        await MakeOlderAsync(mirror);
        var manifest = await ReadAsync(mirror, "manifest.json");
        Serve("this is no signature\n");
        await Task.WhenAll(machines.Values.Select(UpdateAsync));
        (await ReadAsync(mirror, "manifest.json"))["files"]!.ToJsonString().ShouldBe(manifest["files"]!.ToJsonString());
        var sets = machines.Values.Select(machine => machine.Read($"{Databases}/{Database}")).Distinct();
        sets.ShouldHaveSingleItem().ShouldBe(Signature("Eicar-Test-Signature", Eicar.Bytes));
        await DeletesTheInfectedAsync();
    }

    private async Task<string> MirrorAsync()
    {
        await CreateSceneAsync();
        return await Scene.BucketAsync(connected: false);
    }

    private static async Task IsUpdatedAsync(Machine machine)
    {
        UnitState? state = null;
        await UntilAsync(
            async () => (state = await machine.UnitAsync(Daemon, Cancellation)).Active == "active",
            LeaseAndMore,
            () => $"{machine.Name} has {state}");
    }

    private async Task<JsonNode> ReadAsync(string bucket, string key)
    {
        using var response = await World.Cloud.S3.GetObjectAsync(bucket, key, Cancellation);
        return (await JsonNode.ParseAsync(response.ResponseStream, cancellationToken: Cancellation))!;
    }

    /// <summary>As if the source had been asked two hours ago.</summary>
    private async Task MakeOlderAsync(string mirror)
    {
        var manifest = await ReadAsync(mirror, "manifest.json");
        var then = TimeProvider.System.GetUtcNow() - TimeSpan.FromHours(2);
        manifest["checked"] = then.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        await World.Cloud.S3.PutObjectAsync(
            new PutObjectRequest { BucketName = mirror, Key = "manifest.json", ContentBody = manifest.ToJsonString(), UseChunkEncoding = false },
            Cancellation);
    }
}
