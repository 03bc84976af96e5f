using Shouldly;

namespace ClamBucketFleet.ClamAv.Tests.Updates;

/// <summary>An update without a mirror, its parts faked.</summary>
public sealed class UpdaterTests : IDisposable
{
    private readonly UpdateBench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Fact]
    public async Task New_definitions_are_tested_with_the_operators_own_and_then_in_use()
    {
        _bench.Write("daily.cvd", UpdateBench.Signed(1));
        _bench.Write("own.ndb", "own");
        _bench.Write("clambucketfleet.ldb", "ours");
        _bench.Source = new() { ["daily.cld"] = UpdateBench.Signed(2) };

        var outcome = await _bench.RunAsync();

        outcome.Result.ShouldBe(UpdateResult.New);
        outcome.InUse.Version.ShouldBe("2");
        outcome.Changed.ShouldBe(["daily.cld", "daily.cvd"]);
        _bench.Tested.ShouldBe(["clambucketfleet.ldb", "daily.cld", "own.ndb"]);
        _bench.Visible.Keys.ShouldBe(["clambucketfleet.ldb", "daily.cld", "own.ndb"], ignoreOrder: true);
    }

    [Fact]
    public async Task A_broken_set_never_replaces_a_working_one()
    {
        _bench.Write("daily.cvd", UpdateBench.Signed(1));
        _bench.Source = new() { ["daily.cvd"] = UpdateBench.Signed(2) };
        _bench.TestFailure = new TryAgainException("broken");

        await Should.ThrowAsync<TryAgainException>(_bench.RunAsync());

        _bench.Visible["daily.cvd"].ShouldBe(UpdateBench.Signed(1));
        Directory.GetFileSystemEntries(_bench.Place.Staging).ShouldBeEmpty();
    }

    [Fact]
    public async Task Nobody_is_asked_while_the_source_wants_to_be_left_alone()
    {
        _bench.Write("daily.cvd", UpdateBench.Signed(1));
        _bench.StayAway = new StayAway(_bench.Time.GetUtcNow() + TimeSpan.FromHours(4), "429");
        await _bench.RunAsync();

        var outcome = await _bench.RunAsync();

        outcome.Result.ShouldBe(UpdateResult.StayedAway);
        outcome.StayAway!.Reason.ShouldBe("429");
        _bench.Asked.ShouldBe(1);
        _bench.StayAway = null;
        _bench.Time.Advance(TimeSpan.FromHours(5));
        (await _bench.RunAsync()).Result.ShouldBe(UpdateResult.Unchanged);
        _bench.Asked.ShouldBe(2);
    }

    [Fact]
    public async Task Old_definitions_are_a_failure_whatever_freshclam_says()
    {
        _bench.Write("daily.cvd", UpdateBench.Signed(1));
        _bench.Time.Advance(UpdateBench.MaxAge);

        var unchanged = await Should.ThrowAsync<TryAgainException>(_bench.RunAsync());
        _bench.StayAway = new StayAway(_bench.Time.GetUtcNow() + TimeSpan.FromHours(4), "429");
        var away = await Should.ThrowAsync<TryAgainException>(_bench.RunAsync());

        unchanged.Message.ShouldBe(
            "The definitions are of 2025-12-31 12:00 UTC, older than 2d (Scan:MaxDefinitionsAge), and their source has nothing newer.");
        away.Message.ShouldEndWith("and their source answered 429, and is not asked before 2026-01-03 04:00 UTC.");
    }

    [Fact]
    public async Task Without_any_definitions_it_fails() =>
        (await Should.ThrowAsync<TryAgainException>(_bench.RunAsync())).Message.ShouldStartWith("There are no definitions in ");

    [Fact]
    public async Task What_could_be_had_is_in_use_though_the_rest_failed()
    {
        _bench.Write("daily.cvd", UpdateBench.Signed(1));
        _bench.Source = new() { ["daily.cvd"] = UpdateBench.Signed(2) };
        _bench.SourceFailure = new ServiceUnreachableException("url-a.ndb");
        var reloads = 0;
        _bench.Reload = _ =>
        {
            reloads++;
            return ReloadOutcome.Loaded;
        };

        await Should.ThrowAsync<ServiceUnreachableException>(_bench.RunAsync());

        _bench.Visible["daily.cvd"].ShouldBe(UpdateBench.Signed(2));
        reloads.ShouldBe(1);
    }

    [Fact]
    public async Task Definitions_that_make_clamd_wrong_are_taken_back()
    {
        _bench.Write("daily.cvd", UpdateBench.Signed(1));
        await _bench.RunAsync();
        var good = _bench.Sets().Current;
        var loaded = new List<string>();
        _bench.Source = new() { ["daily.cvd"] = UpdateBench.Signed(2) };
        _bench.Reload = set =>
        {
            loaded.Add(set);
            return set == good ? ReloadOutcome.Loaded : throw new EngineWrongException("CLEAN to EICAR");
        };

        var failure = await Should.ThrowAsync<EngineWrongException>(_bench.RunAsync());

        failure.Message.ShouldStartWith("clamd fails its self-test with the new definitions; those before them are in use again.");
        _bench.Visible["daily.cvd"].ShouldBe(UpdateBench.Signed(1));
        loaded.Count.ShouldBe(2);
        loaded[1].ShouldBe(good);
    }

    [Fact]
    public async Task A_clamd_that_is_wrong_with_the_first_ones_is_a_failure()
    {
        _bench.Source = new() { ["daily.cvd"] = UpdateBench.Signed(2) };
        _bench.Reload = _ => throw new EngineWrongException("CLEAN to EICAR");
        await Should.ThrowAsync<EngineWrongException>(_bench.RunAsync());
        _bench.Visible["daily.cvd"].ShouldBe(UpdateBench.Signed(2));
    }

    [Fact]
    public async Task A_clamd_that_does_not_load_them_undoes_nothing_and_is_told_of()
    {
        _bench.Write("daily.cvd", UpdateBench.Signed(1));
        _bench.Source = new() { ["daily.cvd"] = UpdateBench.Signed(2) };
        _bench.Reload = _ => throw new ScannerUnavailableException("it hangs");

        var outcome = await _bench.RunAsync();

        outcome.Warning.ShouldBe("it hangs");
        _bench.Visible["daily.cvd"].ShouldBe(UpdateBench.Signed(2));
    }

    [Fact]
    public async Task A_second_update_at_the_same_time_is_told_so()
    {
        await _bench.RunAsync().ContinueWith(_ => { }, TaskScheduler.Default);
        Should.Throw<TryAgainException>(() => UpdatePlace.Take(_bench.Path)).Message.ShouldContain("another update is under way");
    }
}
