using ClamBucketFleet.TestKit;
using Shouldly;
using Xunit;

namespace ClamBucketFleet.Aws.Tests.Definitions;

public sealed class LeaseTests(MotoFixture moto)
{
    private static readonly TimeSpan Expiry = TimeSpan.FromSeconds(60);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact(Timeout = 120_000)]
    public async Task Of_many_that_want_it_at_once_one_has_it()
    {
        using var bench = await MirrorBench.CreateAsync(moto);
        var instances = Enumerable.Range(0, 4).Select(_ => bench.NewInstance()).ToArray();
        for (var round = 0; round < 40; round++)
        {
            // Half of the rounds where there is no lease yet, half where one was given back.
            if (round % 2 == 0)
                await bench.S3.DeleteObjectAsync(bench.Bucket, MirrorBench.Prefix + "lease.json", Cancel);
            var leases = await Task.WhenAll(
                instances.Select(instance => Task.Run(() => instance.Mirror.TryLeaseAsync("tests", Cancel), Cancel)));
            var held = leases.Where(lease => lease is not null).ShouldHaveSingleItem($"round {round}")!;
            await held.DisposeAsync();
        }
    }

    [Fact(Timeout = 60_000)]
    public async Task A_lease_that_is_held_is_not_to_be_had_until_it_is_given_back()
    {
        using var bench = await MirrorBench.CreateAsync(moto);
        var other = bench.NewInstance();
        var lease = await bench.NewInstance().LeaseAsync();
        (await other.Mirror.TryLeaseAsync("tests", Cancel)).ShouldBeNull();

        await lease.DisposeAsync();
        await using var next = await other.LeaseAsync();
        next.Lost.IsCancellationRequested.ShouldBeFalse();
    }

    [Fact(Timeout = 60_000)]
    public async Task A_dead_holders_lease_ends_by_the_services_clock_and_no_other()
    {
        using var bench = await MirrorBench.CreateAsync(moto);
        var (dead, other) = (bench.NewInstance(), bench.NewInstance());
        await dead.LeaseAsync();
        dead.Network.CutAfter(0);
        other.Clock.Advance(TimeSpan.FromDays(1));
        bench.Service.Advance(Expiry - TimeSpan.FromSeconds(30));
        (await other.Mirror.TryLeaseAsync("tests", Cancel)).ShouldBeNull();

        bench.Service.Advance(TimeSpan.FromSeconds(31));
        await using var lease = await other.LeaseAsync();
    }

    [Fact(Timeout = 60_000)]
    public async Task A_lease_that_is_renewed_does_not_end()
    {
        using var bench = await MirrorBench.CreateAsync(moto);
        var (holder, other) = (bench.NewInstance(), bench.NewInstance());
        await using var lease = await holder.LeaseAsync();
        for (var i = 0; i < 8; i++)
        {
            var before = await RenewedAsync(bench);
            bench.Service.Advance(TimeSpan.FromSeconds(20));
            await holder.PassUntilAsync(async _ => await RenewedAsync(bench) > before);
            (await other.Mirror.TryLeaseAsync("tests", Cancel)).ShouldBeNull();
        }

        lease.Lost.IsCancellationRequested.ShouldBeFalse();
    }

    [Fact(Timeout = 60_000)]
    public async Task A_holder_who_cannot_renew_knows_before_anybody_can_take_it()
    {
        using var bench = await MirrorBench.CreateAsync(moto);
        var holder = bench.NewInstance();
        await using var lease = await holder.LeaseAsync();
        var start = holder.Clock.GetUtcNow();
        holder.Network.CutAfter(0);

        await holder.PassUntilAsync(_ => Task.FromResult(lease.Lost.IsCancellationRequested));

        (holder.Clock.GetUtcNow() - start).ShouldBeInRange(TimeSpan.FromSeconds(45), TimeSpan.FromSeconds(59));
        await Should.ThrowAsync<LeaseLostException>(
            () => lease.PublishAsync(MirrorBench.Manifest("1", bench.File("a.ndb", "1")), bench.PathOf, Cancel));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_network_that_comes_back_in_time_keeps_the_lease()
    {
        using var bench = await MirrorBench.CreateAsync(moto);
        var holder = bench.NewInstance();
        await using var lease = await holder.LeaseAsync();
        var before = await RenewedAsync(bench);
        holder.Network.CutAfter(0);
        holder.Clock.Advance(TimeSpan.FromSeconds(20));
        holder.Network.CutAfter(int.MaxValue);

        await holder.PassUntilAsync(async _ => await RenewedAsync(bench) > before);

        lease.Lost.IsCancellationRequested.ShouldBeFalse();
    }

    [Fact(Timeout = 60_000)]
    public async Task A_holder_whose_lease_was_taken_over_sees_it_and_cannot_publish()
    {
        using var bench = await MirrorBench.CreateAsync(moto);
        var (old, successor) = (bench.NewInstance(), bench.NewInstance());
        await using var lost = await old.LeaseAsync();
        bench.Service.Advance(Expiry + TimeSpan.FromSeconds(1));
        await using var held = await successor.LeaseAsync();

        await Should.ThrowAsync<LeaseLostException>(
            () => lost.PublishAsync(MirrorBench.Manifest("old", bench.File("a.ndb", "1")), bench.PathOf, Cancel));
        lost.Lost.IsCancellationRequested.ShouldBeTrue();
        await Should.ThrowAsync<LeaseLostException>(
            () => lost.StayAwayAsync(new StayAway(DateTimeOffset.UnixEpoch, "x"), Cancel));
        await lost.DisposeAsync();

        await held.PublishAsync(MirrorBench.Manifest("new", bench.File("a.ndb", "2")), bench.PathOf, Cancel);
        (await bench.VersionAsync()).ShouldBe("new");
    }

    [Fact(Timeout = 60_000)]
    public async Task A_holder_who_does_nothing_sees_at_its_next_renewal_that_another_has_the_lease()
    {
        using var bench = await MirrorBench.CreateAsync(moto);
        var (old, successor) = (bench.NewInstance(), bench.NewInstance());
        await using var lost = await old.LeaseAsync();
        bench.Service.Advance(Expiry + TimeSpan.FromSeconds(1));
        await using var held = await successor.LeaseAsync();

        await old.PassUntilAsync(_ => Task.FromResult(lost.Lost.IsCancellationRequested));

        held.Lost.IsCancellationRequested.ShouldBeFalse();
        await lost.DisposeAsync();
        (await bench.NewInstance().Mirror.TryLeaseAsync("tests", Cancel)).ShouldBeNull();
    }

    [Theory(Timeout = 60_000)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_leader_suspended_right_before_its_manifest_cannot_overwrite_its_successors(bool isFirst)
    {
        using var bench = await MirrorBench.CreateAsync(moto);
        if (!isFirst)
            await bench.PublishAsync(bench.NewInstance(), MirrorBench.Manifest("first", bench.File("a.ndb", "0")));
        var (old, successor) = (bench.NewInstance(), bench.NewInstance());
        await using var lease = await old.LeaseAsync();
        old.Network.Before = async request =>
        {
            if (request.Method == HttpMethod.Put
                && request.RequestUri!.AbsolutePath.EndsWith("manifest.json", StringComparison.Ordinal))
            {
                bench.Service.Advance(Expiry + TimeSpan.FromSeconds(1));
                await bench.PublishAsync(successor, MirrorBench.Manifest("new", bench.File("a.ndb", "2")));
            }

            return null;
        };

        await Should.ThrowAsync<LeaseLostException>(
            () => lease.PublishAsync(MirrorBench.Manifest("old", bench.File("a.ndb", "1")), bench.PathOf, Cancel));

        (await bench.VersionAsync()).ShouldBe("new");
    }

    [Theory(Timeout = 60_000)]
    [InlineData(412, "PreconditionFailed")]
    [InlineData(409, "ConditionalRequestConflict")]
    public async Task A_race_that_is_lost_is_a_lease_not_got(int status, string code)
    {
        using var bench = await MirrorBench.CreateAsync(moto);
        var instance = bench.NewInstance();
        instance.Network.Before = request => Task.FromResult(
            request.Method == HttpMethod.Put ? MirrorNetwork.Error(status, code) : null);

        (await instance.Mirror.TryLeaseAsync("tests", Cancel)).ShouldBeNull();
    }

    [Theory(Timeout = 60_000)]
    [InlineData("lease.json")]
    [InlineData("manifest.json")]
    public async Task A_conflict_that_stays_is_a_lease_lost(string key)
    {
        using var bench = await MirrorBench.CreateAsync(moto);
        var instance = bench.NewInstance();
        await using var lease = await instance.LeaseAsync();
        instance.Network.Before = request => Task.FromResult(
            request.Method == HttpMethod.Put && request.RequestUri!.AbsolutePath.EndsWith(key, StringComparison.Ordinal)
                ? MirrorNetwork.Error(409, "ConditionalRequestConflict")
                : null);

        await Should.ThrowAsync<LeaseLostException>(
            () => lease.PublishAsync(MirrorBench.Manifest("1", bench.File("a.ndb", "1")), bench.PathOf, Cancel));
        (await bench.NewInstance().Mirror.ReadAsync(Cancel)).Manifest.ShouldBeNull();
    }

    [Theory(Timeout = 60_000)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_lease_whose_answer_is_lost_is_had_all_the_same(bool afterOther)
    {
        using var bench = await MirrorBench.CreateAsync(moto);
        if (afterOther)
            await (await bench.NewInstance().LeaseAsync()).DisposeAsync();
        var instance = bench.NewInstance(retries: 1);
        var lost = 0;
        instance.Network.LosesAnswer = request => request.Method == HttpMethod.Put && lost++ == 0;

        await using var lease = await instance.LeaseAsync();

        await lease.PublishAsync(MirrorBench.Manifest("1", bench.File("a.ndb", "1")), bench.PathOf, Cancel);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_renewal_whose_answer_is_lost_loses_no_lease()
    {
        using var bench = await MirrorBench.CreateAsync(moto);
        var instance = bench.NewInstance();
        await using var lease = await instance.LeaseAsync();
        var lost = 0;
        instance.Network.LosesAnswer = request => request.Method == HttpMethod.Put && lost++ == 0;

        await instance.PassUntilAsync(async _ => await RenewedAsync(bench) >= 3);

        lease.Lost.IsCancellationRequested.ShouldBeFalse();
    }

    [Fact(Timeout = 60_000)]
    public async Task What_the_source_asked_for_outlives_the_lease_and_its_holder()
    {
        using var bench = await MirrorBench.CreateAsync(moto);
        var first = bench.NewInstance();
        var lease = await first.LeaseAsync();
        var asked = new StayAway(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero), "429\u001b Too Many Requests");
        await lease.StayAwayAsync(asked, Cancel);
        await lease.DisposeAsync();

        (await bench.NewInstance().Mirror.ReadAsync(Cancel)).StayAway.ShouldBe(asked);
        var second = bench.NewInstance();
        (await second.LeaseAsync()).State.StayAway.ShouldBe(asked);
        second.Network.CutAfter(0);
        bench.Service.Advance(Expiry + TimeSpan.FromSeconds(1));
        await using var third = await bench.NewInstance().LeaseAsync();
        third.State.StayAway.ShouldBe(asked);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_source_of_many_words_is_cut_short()
    {
        using var bench = await MirrorBench.CreateAsync(moto);
        await using var lease = await bench.NewInstance().LeaseAsync();

        await lease.StayAwayAsync(new StayAway(DateTimeOffset.UnixEpoch, new string('x', 5_000_000)), Cancel);

        (await bench.NewInstance().Mirror.ReadAsync(Cancel)).StayAway!.Reason.Length.ShouldBe(500);
    }

    [Fact(Timeout = 60_000)]
    public async Task What_is_published_while_the_lease_was_waited_for_is_in_its_state()
    {
        using var bench = await MirrorBench.CreateAsync(moto);
        await bench.PublishAsync(bench.NewInstance(), MirrorBench.Manifest("1", bench.File("a.ndb", "1")));
        await using var lease = await bench.NewInstance().LeaseAsync();
        lease.State.Manifest!.Version.ShouldBe("1");
        lease.State.Now.ShouldBe(TimeProvider.System.GetUtcNow(), TimeSpan.FromMinutes(1));
    }

    private static async Task<long> RenewedAsync(MirrorBench bench) =>
        (long)(await bench.JsonAsync("lease.json"))["renewed"]!;
}
