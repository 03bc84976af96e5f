using ClamBucketFleet.TestKit;
using Shouldly;

namespace ClamBucketFleet.ClamAv.Tests.Updates;

/// <summary>Updates of a fleet that has a mirror.</summary>
public sealed class MirrorUpdateTests : IDisposable
{
    private readonly UpdateBench _bench = new();
    private readonly FakeMirror _mirror;

    public MirrorUpdateTests() => _mirror = new FakeMirror(_bench.Time);

    public void Dispose() => _bench.Dispose();

    [Fact]
    public async Task What_the_mirror_has_of_this_hour_is_taken_and_nobody_is_asked()
    {
        _bench.Write("main.cvd", UpdateBench.Signed(5));
        _bench.Write("own.ndb", "own");
        await _mirror.PublishAsync(
            _bench.Time.GetUtcNow() - TimeSpan.FromMinutes(59),
            _bench.Files(("main.cvd", UpdateBench.Signed(5)), ("daily.cld", UpdateBench.Signed(2))));

        var outcome = await _bench.RunAsync(_mirror);

        outcome.Result.ShouldBe(UpdateResult.New);
        outcome.Changed.ShouldBe(["daily.cld"]);
        _bench.Asked.ShouldBe(0);
        _mirror.Leases.ShouldBe(0);
        _mirror.Fetches.ShouldBe(1, "main.cvd was there");
        _bench.Visible.Keys.ShouldBe(["daily.cld", "main.cvd", "own.ndb"], ignoreOrder: true);
    }

    [Fact]
    public async Task After_an_hour_one_instance_asks_and_publishes_even_that_nothing_changed()
    {
        await _mirror.PublishAsync(_bench.Time.GetUtcNow() - TimeSpan.FromHours(1), _bench.Files(("daily.cvd", UpdateBench.Signed(1))));

        (await _bench.RunAsync(_mirror)).Result.ShouldBe(UpdateResult.New);

        _bench.Asked.ShouldBe(1);
        _mirror.Manifest!.Checked.ShouldBe(_bench.Time.GetUtcNow());
        (await _bench.RunAsync(_mirror)).Result.ShouldBe(UpdateResult.Unchanged);
        _bench.Asked.ShouldBe(1);
    }

    [Fact]
    public async Task The_first_instance_fills_the_mirror_with_what_was_tested_and_never_with_the_operators_own()
    {
        _bench.Write("own.ndb", "own");
        _bench.Source = new() { ["daily.cvd"] = UpdateBench.Signed(7), ["url-a.ndb"] = "a" };

        (await _bench.RunAsync(_mirror)).InUse.Version.ShouldBe("7");

        _mirror.Manifest!.Files.Select(file => file.Name).ShouldBe(["daily.cvd", "url-a.ndb"]);
        _mirror.Manifest.Version.ShouldBe("7");
        _bench.Tested.ShouldBe(["daily.cvd", "own.ndb", "url-a.ndb"]);
    }

    [Fact]
    public async Task What_fails_the_test_is_not_published()
    {
        _bench.Source = new() { ["daily.cvd"] = UpdateBench.Signed(7) };
        _bench.TestFailure = new TryAgainException("broken");
        await Should.ThrowAsync<TryAgainException>(_bench.RunAsync(_mirror));
        _mirror.Manifest.ShouldBeNull();
    }

    [Fact]
    public async Task A_refusal_holds_for_the_whole_fleet()
    {
        await _mirror.PublishAsync(_bench.Time.GetUtcNow() - TimeSpan.FromHours(2), _bench.Files(("daily.cvd", UpdateBench.Signed(1))));
        var old = _mirror.Manifest;
        _bench.StayAway = new StayAway(_bench.Time.GetUtcNow() + TimeSpan.FromHours(4), "429");
        (await _bench.RunAsync(_mirror)).Result.ShouldBe(UpdateResult.New, "it took what the mirror had");

        using var other = new UpdateBench();
        var outcome = await other.RunAsync(_mirror);

        outcome.StayAway!.Until.ShouldBe(_bench.Time.GetUtcNow() + TimeSpan.FromHours(4));
        other.Asked.ShouldBe(0);
        _mirror.Manifest.ShouldBe(old);
    }

    [Fact(Timeout = 30_000)]
    public async Task While_another_instance_asks_its_result_is_waited_for()
    {
        _mirror.IsHeld = true;
        var update = _bench.RunAsync(_mirror);
        await Eventually.UntilAsync(() => _bench.Time.WaitingTimers == 1, TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);

        await _mirror.PublishAsync(_bench.Time.GetUtcNow(), _bench.Files(("daily.cvd", UpdateBench.Signed(3))));
        _bench.Time.Advance(TimeSpan.FromSeconds(5));

        (await update).InUse.Version.ShouldBe("3");
        _bench.Asked.ShouldBe(0);
    }

    [Fact(Timeout = 30_000)]
    public async Task Another_instance_is_not_waited_for_for_ever()
    {
        _mirror.IsHeld = true;
        var update = _bench.RunAsync(_mirror);
        while (!update.IsCompleted)
        {
            await Eventually.UntilAsync(
                () => update.IsCompleted || _bench.Time.WaitingTimers == 1, TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
            _bench.Time.Advance(TimeSpan.FromMinutes(1));
        }

        (await Should.ThrowAsync<TryAgainException>(update)).Message.ShouldContain("for 10m");
        _mirror.Leases.ShouldBe(121);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_lease_that_is_lost_ends_the_question_and_publishes_nothing()
    {
        _bench.Source = new() { ["daily.cvd"] = UpdateBench.Signed(7) };
        _bench.WhileAsking = async cancellationToken =>
        {
            await _mirror.Lost.CancelAsync();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
        };

        await Should.ThrowAsync<LeaseLostException>(_bench.RunAsync(_mirror));

        _mirror.Manifest.ShouldBeNull();
        _bench.Visible.ShouldBeEmpty();
    }

    [Fact]
    public async Task Without_its_mirror_an_instance_keeps_what_it_has_and_asks_nobody()
    {
        _bench.Write("daily.cvd", UpdateBench.Signed(1));
        _mirror.Failure = new ServiceUnreachableException("S3");
        await Should.ThrowAsync<ServiceUnreachableException>(_bench.RunAsync(_mirror));
        _bench.Asked.ShouldBe(0);
        _bench.Visible["daily.cvd"].ShouldBe(UpdateBench.Signed(1));
    }

    [Theory]
    [InlineData("../daily.cvd")]
    [InlineData("clambucketfleet.ldb")]
    [InlineData("freshclam.conf")]
    public async Task A_name_that_no_database_has_is_refused(string name)
    {
        await _mirror.PublishAsync(_bench.Time.GetUtcNow(), _bench.Files(("daily.cvd", UpdateBench.Signed(1))));
        _mirror.Manifest = _mirror.Manifest! with { Files = [_mirror.Manifest.Files[0] with { Name = name }] };
        (await Should.ThrowAsync<TryAgainException>(_bench.RunAsync(_mirror))).Message.ShouldContain("no database's name");
        _mirror.Fetches.ShouldBe(0);
    }
}
