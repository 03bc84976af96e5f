using ClamBucketFleet.TestKit;
using Shouldly;

namespace ClamBucketFleet.ClamAv.Tests.Updates;

/// <summary>What a fleet makes of a source, a mirror or an instance that does only half of its work.</summary>
public sealed class MirrorFailureTests : IDisposable
{
    private readonly UpdateBench _bench = new();
    private readonly FakeMirror _mirror;

    public MirrorFailureTests() => _mirror = new FakeMirror(_bench.Time);

    private DateTimeOffset Now => _bench.Time.GetUtcNow();

    public void Dispose() => _bench.Dispose();

    [Fact]
    public async Task What_came_before_a_refusal_is_published_and_the_refusal_holds()
    {
        await PublishAsync(TimeSpan.FromHours(2), ("daily.cvd", UpdateBench.Signed(1)));
        _bench.Source = new() { ["daily.cvd"] = UpdateBench.Signed(2) };
        _bench.StayAway = new StayAway(Now + TimeSpan.FromHours(4), "429");

        var outcome = await _bench.RunAsync(_mirror);

        outcome.InUse.Version.ShouldBe("2");
        _mirror.Manifest!.Version.ShouldBe("2");
        _mirror.StayAway.ShouldBe(_bench.StayAway);
        _bench.Tested.ShouldBe(["daily.cvd"]);
    }

    [Fact]
    public async Task One_custom_database_that_cannot_be_had_keeps_the_fleet_from_no_other()
    {
        await PublishAsync(TimeSpan.FromHours(2), ("daily.cvd", UpdateBench.Signed(1)));
        _bench.Source = new() { ["daily.cvd"] = UpdateBench.Signed(2) };
        _bench.SourceFailure = new ServiceUnreachableException("Can't download url-a.ndb");

        await Should.ThrowAsync<ServiceUnreachableException>(_bench.RunAsync(_mirror));

        _mirror.Manifest!.Version.ShouldBe("2");
        _bench.Visible["daily.cvd"].ShouldBe(UpdateBench.Signed(2));
    }

    [Fact]
    public async Task A_failure_without_anything_new_publishes_nothing()
    {
        await PublishAsync(TimeSpan.FromHours(2), ("daily.cvd", UpdateBench.Signed(1)));
        var before = _mirror.Manifest;
        _bench.SourceFailure = new ServiceUnreachableException("500");
        await Should.ThrowAsync<ServiceUnreachableException>(_bench.RunAsync(_mirror));
        _mirror.Manifest.ShouldBe(before);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task After_a_failure_the_other_instances_do_not_ask_one_after_the_other(bool killed)
    {
        await PublishAsync(TimeSpan.FromHours(2), ("daily.cvd", UpdateBench.Signed(1)));
        var failure = new ServiceUnreachableException("freshclam failed with exit code 11");
        if (killed)
            _bench.WhileAsking = _ => throw failure;
        else
            _bench.SourceFailure = failure;
        await Should.ThrowAsync<ServiceUnreachableException>(_bench.RunAsync(_mirror));

        using var other = new UpdateBench();
        var outcome = await other.RunAsync(_mirror);

        other.Asked.ShouldBe(0);
        outcome.InUse.Version.ShouldBe("1");
        outcome.StayAway.ShouldBe(new StayAway(Now + TimeSpan.FromMinutes(30), "with a failure (freshclam failed with exit code 11)"));
        other.Time.Advance(TimeSpan.FromMinutes(31));
        _bench.Time.Advance(TimeSpan.FromMinutes(31));
        await other.RunAsync(_mirror);
        other.Asked.ShouldBe(1);
    }

    [Fact]
    public async Task A_refusal_of_this_machines_configuration_does_not_pause_the_fleet()
    {
        await PublishAsync(TimeSpan.FromHours(2), ("daily.cvd", UpdateBench.Signed(1)));
        _bench.SourceFailure = new FatalConfigurationException("line 1");
        await Should.ThrowAsync<FatalConfigurationException>(_bench.RunAsync(_mirror));
        _mirror.StayAway.ShouldBeNull();
    }

    [Fact]
    public async Task A_machine_that_has_newer_ones_keeps_them_and_publishes_them()
    {
        _bench.Write("main.cvd", UpdateBench.Signed(60));
        _bench.Write("daily.cld", UpdateBench.Signed(27_900));
        await PublishAsync(
            TimeSpan.FromMinutes(59), ("main.cvd", UpdateBench.Signed(60)), ("daily.cvd", UpdateBench.Signed(27_800)));

        var outcome = await _bench.RunAsync(_mirror);

        outcome.InUse.Version.ShouldBe("27900");
        outcome.Changed.ShouldBeEmpty();
        _mirror.Manifest!.Version.ShouldBe("27900");
        _mirror.Manifest.Files.Select(file => file.Name).ShouldBe(["daily.cld", "main.cvd"]);
    }

    [Fact]
    public async Task A_mirror_that_stays_behind_does_not_make_every_machine_ask()
    {
        _bench.Write("daily.cvd", UpdateBench.Signed(2));
        await PublishAsync(TimeSpan.FromMinutes(9), ("daily.cvd", UpdateBench.Signed(1)));
        (await _bench.RunAsync(_mirror)).InUse.Version.ShouldBe("2");
        _bench.Asked.ShouldBe(0);
    }

    [Fact]
    public async Task A_file_that_is_gone_from_the_mirror_is_healed_by_who_has_it()
    {
        _bench.Write("daily.cvd", UpdateBench.Signed(2));
        await PublishAsync(TimeSpan.FromMinutes(20), ("daily.cvd", UpdateBench.Signed(2)), ("main.cvd", UpdateBench.Signed(60)));
        _mirror.LoseFiles();
        _bench.Source = new() { ["daily.cvd"] = UpdateBench.Signed(2), ["main.cvd"] = UpdateBench.Signed(60) };
        (await _bench.RunAsync(_mirror)).Changed.ShouldBe(["main.cvd"]);

        using var other = new UpdateBench();
        (await other.RunAsync(_mirror)).Changed.ShouldBe(["daily.cvd", "main.cvd"]);
        other.Asked.ShouldBe(0);
    }

    [Theory]
    [InlineData(5)]
    [InlineData(20)]
    public async Task A_file_that_is_gone_and_stays_so_is_a_failure(int minutes)
    {
        await PublishAsync(TimeSpan.FromMinutes(minutes), ("daily.cvd", UpdateBench.Signed(2)));
        _mirror.LoseFiles();
        _mirror.LeaseFailure = new AccessRefusedException("PUT");
        (await Should.ThrowAsync<TryAgainException>(_bench.RunAsync(_mirror))).Message.ShouldContain("daily.cvd cannot be had");
        _bench.Asked.ShouldBe(0);
    }

    [Fact]
    public async Task An_instance_that_may_not_renew_the_mirror_uses_what_is_published()
    {
        await PublishAsync(TimeSpan.FromHours(2), ("daily.cvd", UpdateBench.Signed(2)));
        _mirror.LeaseFailure = new AccessRefusedException("s3:PutObject");
        (await _bench.RunAsync(_mirror)).InUse.Version.ShouldBe("2");

        _bench.Time.Advance(UpdateBench.MaxAge);

        (await Should.ThrowAsync<TryAgainException>(_bench.RunAsync(_mirror))).Message
            .ShouldEndWith("(Scan:MaxDefinitionsAge), and this instance may not renew the mirror (s3:PutObject).");
    }

    [Fact(Timeout = 30_000)]
    public async Task An_instance_that_may_not_fill_an_empty_mirror_waits_for_one_that_may()
    {
        _mirror.LeaseFailure = new AccessRefusedException("s3:PutObject");
        var update = _bench.RunAsync(_mirror);
        await Eventually.UntilAsync(() => _bench.Time.WaitingTimers == 1, TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);

        await PublishAsync(TimeSpan.Zero, ("daily.cvd", UpdateBench.Signed(3)));
        _bench.Time.Advance(TimeSpan.FromSeconds(5));

        (await update).InUse.Version.ShouldBe("3");
    }

    private Task PublishAsync(TimeSpan ago, params (string, string)[] files) => _mirror.PublishAsync(Now - ago, _bench.Files(files));
}
