using ClamBucketFleet.TestKit;
using Shouldly;
using Xunit;

namespace ClamBucketFleet.Aws.Tests.Definitions;

public sealed class PublishTests(MotoFixture moto)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact(Timeout = 60_000)]
    public async Task What_one_instance_publishes_the_others_have_with_bytes_and_times()
    {
        using var bench = await MirrorBench.CreateAsync(moto);
        var manifest = MirrorBench.Manifest("27000", bench.File("main.cvd", new string('m', 300_000)), bench.File("local.ndb", ""));
        await bench.PublishAsync(bench.NewInstance(), manifest);
        var follower = bench.NewInstance();

        var found = (await follower.Mirror.ReadAsync(Cancel)).Manifest.ShouldNotBeNull();

        found.ShouldBeEquivalentTo(manifest with { Files = found.Files });
        found.Files.ShouldBe(manifest.Files);
        foreach (var file in found.Files)
        {
            var path = bench.NewPath(file.Name);
            await follower.Mirror.FetchAsync(file, path, Cancel);
            (await File.ReadAllBytesAsync(path, Cancel)).ShouldBe(await File.ReadAllBytesAsync(bench.PathOf(file), Cancel));
            new DateTimeOffset(File.GetLastWriteTimeUtc(path)).ShouldBe(file.Modified);
            Directory.GetFiles(Path.GetDirectoryName(path)!).ShouldBe([path]);
        }
    }

    [Fact(Timeout = 60_000)]
    public async Task An_empty_mirror_has_nothing_and_knows_the_time()
    {
        using var bench = await MirrorBench.CreateAsync(moto);
        var state = await bench.NewInstance().Mirror.ReadAsync(Cancel);
        bench.Service.Advance(TimeSpan.FromDays(1));
        var later = await bench.NewInstance().Mirror.ReadAsync(Cancel);

        state.Manifest.ShouldBeNull();
        state.StayAway.ShouldBeNull();
        state.Now.ShouldBe(TimeProvider.System.GetUtcNow(), TimeSpan.FromMinutes(1));
        (later.Now - state.Now).ShouldBe(TimeSpan.FromDays(1), TimeSpan.FromMinutes(1));
    }

    [Fact(Timeout = 60_000)]
    public async Task Files_and_nothing_else_are_sent_with_more_patience()
    {
        using var bench = await MirrorBench.CreateAsync(moto);
        using var uploads = new MirrorNetwork(bench.Service);
        var leader = bench.NewInstance(uploads: uploads);
        var file = bench.File("main.cvd", "main");

        await bench.PublishAsync(leader, MirrorBench.Manifest("1", file));

        uploads.Seen.ShouldBe([$"PUT /{bench.Bucket}/mirror/files/{file.Sha256}/main.cvd"]);
        leader.Network.Seen.ShouldContain($"PUT /{bench.Bucket}/mirror/manifest.json");
    }

    [Fact(Timeout = 60_000)]
    public async Task What_the_mirror_has_is_not_uploaded_again()
    {
        using var bench = await MirrorBench.CreateAsync(moto);
        var main = bench.File("main.cvd", "main");
        await bench.PublishAsync(bench.NewInstance(), MirrorBench.Manifest("1", main, bench.File("daily.cld", "1")));
        bench.Service.Advance(TimeSpan.FromDays(1));
        var leader = bench.NewInstance();

        await bench.PublishAsync(leader, MirrorBench.Manifest("2", main, bench.File("daily.cld", "2")));

        leader.Network.Seen.Count(request => request.StartsWith("PUT", StringComparison.Ordinal)
            && request.Contains("/files/", StringComparison.Ordinal)).ShouldBe(1);
    }

    [Fact(Timeout = 60_000)]
    public async Task What_is_there_in_another_size_or_with_another_checksum_is_uploaded_again()
    {
        using var bench = await MirrorBench.CreateAsync(moto);
        var (longer, other) = (bench.File("main.cvd", "main"), bench.File("daily.cvd", "daily"));
        await bench.PutAsync($"files/{longer.Sha256}/main.cvd", "main and more");
        await bench.PutAsync($"files/{other.Sha256}/daily.cvd", "DAILY");

        await bench.PublishAsync(bench.NewInstance(), MirrorBench.Manifest("1", longer, other));

        await bench.NewInstance().Mirror.FetchAsync(longer, bench.NewPath("main.cvd"), Cancel);
        await bench.NewInstance().Mirror.FetchAsync(other, bench.NewPath("daily.cvd"), Cancel);
    }

    [Fact(Timeout = 60_000)]
    public async Task What_is_old_and_named_nowhere_is_uploaded_again_so_that_no_clean_up_takes_it()
    {
        using var bench = await MirrorBench.CreateAsync(moto);
        var (first, second) = (bench.File("daily.cld", "1"), bench.File("daily.cld", "2"));
        await bench.PublishAsync(bench.NewInstance(), MirrorBench.Manifest("1", first));
        await bench.PublishAsync(bench.NewInstance(), MirrorBench.Manifest("2", second));
        bench.Service.Advance(TimeSpan.FromMinutes(40));
        var leader = bench.NewInstance();

        await bench.PublishAsync(leader, MirrorBench.Manifest("1 again", first));

        leader.Network.Seen.ShouldContain($"PUT /{bench.Bucket}/mirror/files/{first.Sha256}/daily.cld");
    }

    [Theory(Timeout = 60_000)]
    [InlineData("PUT", "daily.cld")]
    [InlineData("PUT", "main.cvd")]
    [InlineData("HEAD", "main.cvd")]
    [InlineData("PUT", "lease.json")]
    [InlineData("PUT", "manifest.json")]
    public async Task Nothing_half_published_is_ever_seen(string method, string name)
    {
        using var bench = await MirrorBench.CreateAsync(moto);
        await bench.PublishAsync(bench.NewInstance(), MirrorBench.Manifest("old", bench.File("daily.cld", "old")));
        var leader = bench.NewInstance();
        await using var lease = await leader.LeaseAsync();
        leader.Network.Before = request => request.Method.Method == method
            && request.RequestUri!.AbsolutePath.EndsWith(name, StringComparison.Ordinal)
                ? throw new HttpRequestException("cut")
                : Task.FromResult<HttpResponseMessage?>(null);
        var next = MirrorBench.Manifest("new", bench.File("daily.cld", "new"), bench.File("main.cvd", "new"));

        await Should.ThrowAsync<ServiceUnreachableException>(() => lease.PublishAsync(next, bench.PathOf, Cancel));

        (await bench.VersionAsync()).ShouldBe("old");
        leader.Network.Before = null;
        await lease.PublishAsync(next, bench.PathOf, Cancel);
        (await bench.VersionAsync()).ShouldBe("new");
    }

    [Fact(Timeout = 60_000)]
    public async Task A_file_that_changed_since_it_was_looked_at_is_not_published()
    {
        using var bench = await MirrorBench.CreateAsync(moto);
        var file = bench.File("main.cvd", "main");
        await File.WriteAllTextAsync(bench.PathOf(file), "MAIN", Cancel);

        var failure = await Should.ThrowAsync<TryAgainException>(
            () => bench.PublishAsync(bench.NewInstance(), MirrorBench.Manifest("1", file)));

        failure.Message.ShouldContain(file.Sha256);
        failure.Message.ShouldContain("changed since");
        (await bench.FilesAsync()).ShouldBeEmpty();
    }

    [Fact(Timeout = 60_000)]
    public async Task What_the_others_would_refuse_is_not_published()
    {
        using var bench = await MirrorBench.CreateAsync(moto);
        var file = bench.File("main.exe", "main");

        var failure = await Should.ThrowAsync<TryAgainException>(
            () => bench.PublishAsync(bench.NewInstance(), MirrorBench.Manifest("1", file)));

        failure.Message.ShouldContain("extension");
        (await bench.FilesAsync()).ShouldBeEmpty();
    }

    [Fact(Timeout = 60_000)]
    public async Task The_same_lease_publishes_again()
    {
        using var bench = await MirrorBench.CreateAsync(moto);
        await using var lease = await bench.NewInstance().LeaseAsync();
        foreach (var version in new[] { "1", "2", "3" })
            await lease.PublishAsync(MirrorBench.Manifest(version, bench.File("daily.cld", version)), bench.PathOf, Cancel);

        (await bench.VersionAsync()).ShouldBe("3");
        ((long)(await bench.JsonAsync("manifest.json"))["revision"]!).ShouldBe(3);
    }

    [Theory(Timeout = 60_000)]
    [InlineData(0)]
    [InlineData(1)]
    public async Task A_publication_whose_answer_is_lost_has_happened_once(int retries)
    {
        using var bench = await MirrorBench.CreateAsync(moto);
        var leader = bench.NewInstance(retries: retries);
        await using var lease = await leader.LeaseAsync();
        var lost = 0;
        leader.Network.LosesAnswer = request => request.Method == HttpMethod.Put
            && request.RequestUri!.AbsolutePath.EndsWith("manifest.json", StringComparison.Ordinal)
            && lost++ == 0;
        var manifest = MirrorBench.Manifest("1", bench.File("daily.cld", "1"));

        if (retries == 0)
            await Should.ThrowAsync<ServiceUnreachableException>(() => lease.PublishAsync(manifest, bench.PathOf, Cancel));
        else
            await lease.PublishAsync(manifest, bench.PathOf, Cancel);
        await lease.PublishAsync(manifest with { Version = "2" }, bench.PathOf, Cancel);

        (await bench.VersionAsync()).ShouldBe("2");
        ((long)(await bench.JsonAsync("manifest.json"))["revision"]!).ShouldBe(retries + 1);
    }

    [Fact(Timeout = 60_000)]
    public async Task Clean_up_keeps_the_current_and_the_previous_and_what_is_young_or_not_ours()
    {
        using var bench = await MirrorBench.CreateAsync(moto);
        await bench.PutAsync("files/notes.txt", "somebody's");
        await bench.PublishAsync(bench.NewInstance(), MirrorBench.Manifest("1", bench.File("a.ndb", "1")));
        await bench.PublishAsync(bench.NewInstance(), MirrorBench.Manifest("2", bench.File("b.ndb", "2")));
        await bench.PublishAsync(bench.NewInstance(), MirrorBench.Manifest("3", bench.File("c.ndb", "3")));
        (await bench.FilesAsync()).ShouldBe(["a.ndb", "b.ndb", "c.ndb", "notes.txt"]);

        bench.Service.Advance(TimeSpan.FromHours(1));
        await bench.PublishAsync(bench.NewInstance(), MirrorBench.Manifest("4", bench.File("d.ndb", "4")));
        (await bench.FilesAsync()).ShouldBe(["c.ndb", "d.ndb", "notes.txt"]);
    }

    [Theory(Timeout = 60_000)]
    [InlineData("GET")]
    [InlineData("DELETE")]
    public async Task Clean_up_that_fails_fails_no_publication(string method)
    {
        using var bench = await MirrorBench.CreateAsync(moto);
        await bench.PublishAsync(bench.NewInstance(), MirrorBench.Manifest("1", bench.File("a.ndb", "1")));
        await bench.PublishAsync(bench.NewInstance(), MirrorBench.Manifest("2", bench.File("b.ndb", "2")));
        bench.Service.Advance(TimeSpan.FromHours(2));
        var leader = bench.NewInstance();
        await using var lease = await leader.LeaseAsync();
        leader.Network.Before = request => Task.FromResult(
            request.Method.Method == method ? MirrorNetwork.Error(403, "AccessDenied") : null);

        await lease.PublishAsync(MirrorBench.Manifest("3", bench.File("c.ndb", "3")), bench.PathOf, Cancel);

        (await bench.VersionAsync()).ShouldBe("3");
        (await bench.FilesAsync()).ShouldBe(["a.ndb", "b.ndb", "c.ndb"]);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_leader_whose_lease_was_taken_over_removes_nothing()
    {
        using var bench = await MirrorBench.CreateAsync(moto);
        await bench.PublishAsync(bench.NewInstance(), MirrorBench.Manifest("1", bench.File("a.ndb", "1")));
        await bench.PublishAsync(bench.NewInstance(), MirrorBench.Manifest("2", bench.File("b.ndb", "2")));
        bench.Service.Advance(TimeSpan.FromHours(2));
        var (old, successor) = (bench.NewInstance(), bench.NewInstance());
        await using var lease = await old.LeaseAsync();
        old.Network.Before = async request =>
        {
            if (request.Method == HttpMethod.Get && request.RequestUri!.Query.Contains("list-type", StringComparison.Ordinal))
            {
                bench.Service.Advance(TimeSpan.FromSeconds(61));
                await bench.PublishAsync(successor, MirrorBench.Manifest("1 again", bench.File("a.ndb", "1")));
            }

            return null;
        };

        await lease.PublishAsync(MirrorBench.Manifest("3", bench.File("c.ndb", "3")), bench.PathOf, Cancel);

        (await bench.VersionAsync()).ShouldBe("1 again");
        (await bench.FilesAsync()).ShouldContain("a.ndb");
        lease.Lost.IsCancellationRequested.ShouldBeTrue();
    }
}
