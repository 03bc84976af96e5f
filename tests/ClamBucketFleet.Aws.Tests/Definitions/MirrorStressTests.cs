using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Amazon.S3;
using Amazon.S3.Model;
using ClamBucketFleet.Aws.Definitions;
using ClamBucketFleet.TestKit;
using Shouldly;
using Xunit;

namespace ClamBucketFleet.Aws.Tests.Definitions;

/// <summary>
/// Three instances take, publish and give back as fast as they can. One or another of them dies at a random request, and
/// whoever holds the lease then can lose it, alive or dead.
/// </summary>
public sealed class MirrorStressTests(MotoFixture moto, ITestOutputHelper output)
{
    private const int Rounds = 40;

    private static readonly MirrorTimes Times = MirrorTimes.Default with { KeepUnused = TimeSpan.FromMinutes(3) };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact(Timeout = 180_000)]
    public async Task Every_manifest_is_built_on_the_one_before_and_names_what_is_there()
    {
        using var bench = await MirrorBench.CreateAsync(moto, versioned: true);
        var main = bench.File("main.cvd", new string('m', 50_000));
        var tally = new Tally();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);

        var audit = AuditAsync(bench, tally, stop.Token);
        var work = Enumerable.Range(0, 3).Select(seed => Task.Run(() => LiveAsync(bench, main, seed, tally), Cancel));
        await Task.WhenAll(work);
        await stop.CancelAsync();
        await audit;

        var history = await HistoryAsync(bench);
        output.WriteLine($"{tally}; {history.Count} manifests");
        history.Select(manifest => (long)manifest["revision"]!).ShouldBe(Enumerable.Range(1, history.Count).Select(i => (long)i));
        history.Select(Count).ShouldBe(Enumerable.Range(1, history.Count));
        tally.Published.Order().ShouldBeSubsetOf(history.Select(Count));
        tally.Published.ShouldBeUnique();
        tally.Published.Count.ShouldBeGreaterThan(Rounds / 2);
        tally.Dead.ShouldBeGreaterThan(0);
        tally.Audits.ShouldBeGreaterThan(0);
        (await bench.FilesAsync()).Length.ShouldBeLessThan(history.Count);
    }

    private static async Task LiveAsync(MirrorBench bench, DefinitionsFile main, int seed, Tally tally)
    {
        var random = new Random(seed);
        var instance = bench.NewInstance(times: Times);
        while (Volatile.Read(ref tally.Count) < Rounds)
        {
            Endanger(instance.Network, random);
            instance.Network.Before = request => SuspendAsync(bench, request, tally);
            try
            {
                await using var lease = await instance.Mirror.TryLeaseAsync($"{seed}", Cancel);
                if (lease is not null)
                    await WorkAsync(bench, main, lease, tally);
            }
            catch (LeaseLostException)
            {
                Interlocked.Increment(ref tally.Lost);
            }
            catch (ServiceUnreachableException)
            {
                // Died: never given back. A minute passes for the others, and for one who is just at work as well.
                Interlocked.Increment(ref tally.Dead);
                instance = bench.NewInstance(times: Times);
                bench.Service.Advance(TimeSpan.FromSeconds(61));
            }
        }
    }

    // Before a request, or after the service has done what it was asked for.
    private static void Endanger(MirrorNetwork network, Random random)
    {
        if (random.Next(10) == 0)
            network.CutAfter(random.Next(16));
        if (random.Next(10) != 0)
            return;
        network.LosesAnswer = request =>
        {
            var loses = IsManifest(request);
            if (loses)
                network.CutAfter(0);
            return loses;
        };
    }

    // One at a time, right before its manifest, until another has published.
    private static async Task<HttpResponseMessage?> SuspendAsync(MirrorBench bench, HttpRequestMessage request, Tally tally)
    {
        if (!IsManifest(request) || Interlocked.Increment(ref tally.Manifests) % 4 != 0)
            return null;
        if (Interlocked.Increment(ref tally.Suspended) == 1)
        {
            var before = Volatile.Read(ref tally.Count);
            bench.Service.Advance(TimeSpan.FromSeconds(61));
            await Eventually.UntilAsync(
                () => Volatile.Read(ref tally.Count) is var now && (now != before || now >= Rounds),
                TimeSpan.FromSeconds(60),
                Cancel);
        }

        Interlocked.Decrement(ref tally.Suspended);
        return null;
    }

    private static bool IsManifest(HttpRequestMessage request) => request.Method == HttpMethod.Put
        && request.RequestUri!.AbsolutePath.EndsWith("manifest.json", StringComparison.Ordinal);

    private static async Task WorkAsync(MirrorBench bench, DefinitionsFile main, IMirrorLease lease, Tally tally)
    {
        var count = lease.State.Manifest is { } before ? int.Parse(before.Version, CultureInfo.InvariantCulture) + 1 : 1;
        var version = count.ToString(CultureInfo.InvariantCulture);
        await lease.PublishAsync(
            MirrorBench.Manifest(version, main, bench.File("daily.cld", $"{version} {Guid.NewGuid()}")), bench.PathOf, Cancel);
        tally.Published.Add(count);
        Interlocked.Increment(ref tally.Count);
    }

    private static async Task AuditAsync(MirrorBench bench, Tally tally, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            if (await ManifestAsync(bench) is not { } manifest)
                continue;
            var missing = await MissingAsync(bench, manifest);

            // The one before is kept as well; what is older may go while it is looked at.
            var now = await ManifestAsync(bench);
            if ((long)now!["revision"]! <= (long)manifest["revision"]! + 1)
            {
                missing.ShouldBeEmpty($"revision {manifest["revision"]}");
                tally.Audits++;
            }
        }
    }

    private static async Task<List<string>> MissingAsync(MirrorBench bench, JsonNode manifest)
    {
        var missing = new List<string>();
        foreach (var file in manifest["files"]!.AsArray())
        {
            var (name, sha256) = ((string)file!["name"]!, (string)file["sha256"]!);
            try
            {
                using var response = await bench.S3.GetObjectAsync(
                    bench.Bucket, $"{MirrorBench.Prefix}files/{sha256}/{name}", Cancel);
                if (Convert.ToHexStringLower(await SHA256.HashDataAsync(response.ResponseStream, Cancel)) != sha256)
                    missing.Add($"{name} is wrong");
            }
            catch (AmazonS3Exception e)
            {
                missing.Add($"{name}: {e.Message}");
            }
        }

        return missing;
    }

    private static async Task<JsonNode?> ManifestAsync(MirrorBench bench)
    {
        try
        {
            return await bench.JsonAsync("manifest.json");
        }
        catch (AmazonS3Exception e) when (e.StatusCode == System.Net.HttpStatusCode.NotFound)
        {
            return null;
        }
    }

    /// <summary>Every manifest there ever was, oldest first.</summary>
    private static async Task<List<JsonNode>> HistoryAsync(MirrorBench bench)
    {
        const string Key = MirrorBench.Prefix + "manifest.json";
        var list = await bench.S3.ListVersionsAsync(
            new ListVersionsRequest { BucketName = bench.Bucket, Prefix = Key }, Cancel);
        list.IsTruncated.ShouldNotBe(true);
        var history = new List<JsonNode>();
        foreach (var version in list.Versions.AsEnumerable().Reverse())
        {
            using var response = await bench.S3.GetObjectAsync(bench.Bucket, Key, version.VersionId, Cancel);
            history.Add((await JsonNode.ParseAsync(response.ResponseStream, cancellationToken: Cancel))!);
        }

        return history;
    }

    private static int Count(JsonNode manifest) => int.Parse((string)manifest["version"]!, CultureInfo.InvariantCulture);

    private sealed class Tally
    {
        public int Count;
        public int Lost;
        public int Dead;
        public int Manifests;
        public int Suspended;
        public int Audits;

        public ConcurrentBag<int> Published { get; } = [];

        public override string ToString() =>
            $"{Published.Count} published, {Lost} leases lost, {Dead} deaths, {Audits} audits";
    }
}
