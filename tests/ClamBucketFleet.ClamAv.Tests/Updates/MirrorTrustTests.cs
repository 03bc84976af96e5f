using Shouldly;

namespace ClamBucketFleet.ClamAv.Tests.Updates;

/// <summary>How far a manifest is believed that somebody wrote who can write to the bucket.</summary>
public sealed class MirrorTrustTests : IDisposable
{
    private readonly UpdateBench _bench = new();
    private readonly FakeMirror _mirror;

    public MirrorTrustTests() => _mirror = new FakeMirror(_bench.Time);

    public void Dispose() => _bench.Dispose();

    [Fact]
    public async Task A_file_of_the_operators_own_is_never_replaced()
    {
        _bench.Write("own.ign2", "own");
        await PublishAsync(("daily.cvd", UpdateBench.Signed(1)), ("own.ign2", "Eicar-Test-Signature"));

        var outcome = await _bench.RunAsync(_mirror);

        outcome.Changed.ShouldBe(["daily.cvd"]);
        _bench.Visible["own.ign2"].ShouldBe("own");
        _bench.Tested.ShouldBe(["daily.cvd", "own.ign2"]);
    }

    [Fact]
    public async Task What_no_line_of_freshclams_configuration_names_stays_where_it_is()
    {
        await PublishAsync(("daily.cvd", UpdateBench.Signed(1)), ("url-a.ndb", "a"), ("other.ign2", "Eicar-Test-Signature"));
        (await _bench.RunAsync(_mirror)).Changed.ShouldBe(["daily.cvd", "url-a.ndb"]);
        _bench.Visible.Keys.ShouldBe(["daily.cvd", "url-a.ndb"], ignoreOrder: true);
        (await _bench.RunAsync(_mirror)).Result.ShouldBe(UpdateResult.Unchanged);
    }

    [Fact]
    public async Task A_set_without_anything_for_this_machine_is_refused()
    {
        _bench.Write("url-a.ndb", "a");
        await PublishAsync(("other.ndb", "b"));
        (await Should.ThrowAsync<TryAgainException>(_bench.RunAsync(_mirror))).Message.ShouldContain("no database that");
        _bench.Visible["url-a.ndb"].ShouldBe("a");
    }

    [Fact]
    public async Task A_set_that_lacks_a_signed_database_which_is_in_use_is_refused()
    {
        _bench.Write("main.cvd", UpdateBench.Signed(60));
        _bench.Write("daily.cld", UpdateBench.Signed(1));
        await PublishAsync(("daily.cvd", UpdateBench.Signed(2)));

        (await Should.ThrowAsync<TryAgainException>(_bench.RunAsync(_mirror))).Message
            .ShouldBe("The mirror lacks signed databases that are in use here: main.");

        _bench.Visible.Keys.ShouldBe(["daily.cld", "main.cvd"], ignoreOrder: true);
    }

    [Fact]
    public async Task What_is_published_has_no_time_to_come()
    {
        var files = _bench.Files(("daily.cvd", UpdateBench.Signed(1)), ("url-a.ndb", "a"));
        File.SetLastWriteTimeUtc(files["url-a.ndb"], _bench.Time.GetUtcNow().UtcDateTime + TimeSpan.FromDays(9));
        File.Copy(files["daily.cvd"], Path.Combine(_bench.Path, "daily.cvd"));
        File.Move(files["url-a.ndb"], Path.Combine(_bench.Path, "url-a.ndb"));

        await _bench.RunAsync(_mirror);

        _mirror.Manifest!.Files.ShouldAllBe(file => file.Modified <= _bench.Time.GetUtcNow());
    }

    // A minute ago: nobody asks the source anew.
    private Task PublishAsync(params (string, string)[] files) =>
        _mirror.PublishAsync(_bench.Time.GetUtcNow() - TimeSpan.FromMinutes(1), _bench.Files(files));
}
