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

        failure.Message.ShouldStartWith("clamd fails its self-test with the new definitions; earlier ones are in use again.");
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
        Should.Throw<UpdateUnderWayException>(() => UpdatePlace.Take(_bench.Path)).Message.ShouldContain("another update is under way");
    }

    [Fact]
    public async Task The_way_back_is_to_what_clamd_last_ran_well_and_not_merely_to_what_was_before()
    {
        _bench.Source = new() { ["daily.cvd"] = UpdateBench.Signed(1) };
        await _bench.RunAsync();
        _bench.Source = new() { ["daily.cvd"] = UpdateBench.Signed(2) };
        _bench.Reload = _ => throw new ScannerUnavailableException("it hangs");
        await _bench.RunAsync();
        await _bench.RunAsync();
        _bench.Source = new() { ["daily.cvd"] = UpdateBench.Signed(3) };
        _bench.Reload = _ => throw new EngineWrongException("CLEAN to EICAR");

        await Should.ThrowAsync<EngineWrongException>(_bench.RunAsync());

        _bench.Visible["daily.cvd"].ShouldBe(UpdateBench.Signed(1));
    }

    [Fact]
    public async Task One_update_that_takes_and_renews_keeps_what_clamd_last_ran_well()
    {
        _bench.Source = new() { ["daily.cvd"] = UpdateBench.Signed(1) };
        await _bench.RunAsync();
        var mirror = new FakeMirror(_bench.Time);
        await mirror.PublishAsync(
            _bench.Time.GetUtcNow() - TimeSpan.FromHours(2), _bench.Files(("daily.cvd", UpdateBench.Signed(2))));
        _bench.Source = new() { ["daily.cvd"] = UpdateBench.Signed(3) };
        _bench.Reload = _ => throw new EngineWrongException("CLEAN to EICAR");

        await Should.ThrowAsync<EngineWrongException>(_bench.RunAsync(mirror));

        _bench.Visible["daily.cvd"].ShouldBe(UpdateBench.Signed(1));
    }

    [Fact]
    public async Task What_is_in_use_is_loaded_though_the_disk_fails_after_the_switch()
    {
        var mirror = new FakeMirror(_bench.Time);
        await mirror.PublishAsync(
            _bench.Time.GetUtcNow() - TimeSpan.FromHours(2), _bench.Files(("daily.cvd", UpdateBench.Signed(2))));
        _bench.WhileAsking = _ => throw new IOException("No space left on device");
        var loaded = new List<string>();
        _bench.Reload = set =>
        {
            loaded.Add(set);
            return ReloadOutcome.Loaded;
        };

        (await Should.ThrowAsync<TryAgainException>(_bench.RunAsync(mirror))).Message.ShouldContain("No space left");

        loaded.ShouldBe([_bench.Sets().Current!]);
    }

    [Fact]
    public async Task A_memory_that_cannot_be_kept_leaves_nothing_behind()
    {
        _bench.Write("daily.cvd", UpdateBench.Signed(1));
        var left = Directory.CreateDirectory(Path.Combine(_bench.Place.Staging, "left", Fetch.Databases)).FullName;
        File.WriteAllText(Path.Combine(left, FreshclamMemory.Name), "memory");
        Directory.CreateDirectory(_bench.Place.Memory + ".new");

        await _bench.RunAsync();

        Directory.GetFileSystemEntries(_bench.Place.Staging).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_time_that_is_out_of_reason_does_not_starve_a_machine()
    {
        _bench.Write("daily.cvd", UpdateBench.Signed(1));
        new UpdateState(new StayAway(DateTimeOffset.MaxValue, "429"), null).Write(_bench.Place.Directory);
        File.SetLastWriteTimeUtc(UpdateState.PathIn(_bench.Path), _bench.Time.GetUtcNow().UtcDateTime);
        (await _bench.RunAsync()).StayAway!.Until.ShouldBe(_bench.Time.GetUtcNow() + TimeSpan.FromDays(1));

        _bench.Time.Advance(TimeSpan.FromDays(1));

        (await _bench.RunAsync()).StayAway.ShouldBeNull();
        _bench.Asked.ShouldBe(1);
    }

    [Fact]
    public async Task The_mark_of_what_clamd_has_loaded_is_no_part_of_the_test()
    {
        _bench.Write("clambucketfleet-loaded.hsb", "mark");
        _bench.Source = new() { ["daily.cvd"] = UpdateBench.Signed(1) };
        await _bench.RunAsync();
        _bench.Tested.ShouldBe(["daily.cvd"]);
    }

    [Theory]
    [InlineData("", false)]
    [InlineData("mark", true)]
    public async Task An_empty_mark_with_which_clamd_would_load_nothing_goes(string content, bool stays)
    {
        _bench.Write("daily.cvd", UpdateBench.Signed(1));
        _bench.Write("clambucketfleet-loaded.hsb", content);
        await _bench.RunAsync();
        _bench.Visible.ContainsKey("clambucketfleet-loaded.hsb").ShouldBe(stays);
    }
}
