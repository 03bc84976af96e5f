using ClamBucketFleet.Core.Tests.Fakes;
using Shouldly;
using Xunit;

namespace ClamBucketFleet.Core.Tests.Pipeline;

public sealed class ContentScannerTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory(Timeout = 10_000)]
    [InlineData("Alerts:Publish", "all")]
    [InlineData("Clean:Action", "tag")]
    public async Task A_scan_reports_the_hash_of_what_was_read(string key, string value)
    {
        var rig = new Rig((key, value));

        var outcome = await rig.ProcessAsync("k", Token);

        outcome.Verdict.Status.ShouldBe("CLEAN");
        outcome.Report!.Sha256.ShouldBe(Some.Sha256);
        outcome.Content!.Size.ShouldBe(5);
    }

    [Fact(Timeout = 10_000)]
    public async Task A_clean_content_that_nobody_is_told_of_is_not_hashed_and_an_infected_one_is()
    {
        var rig = new Rig();
        (await rig.ProcessAsync("k", Token)).Report!.Sha256.ShouldBeNull();

        rig.Engine.Finds = ["Eicar-Test-Signature"];
        (await rig.ProcessAsync("k", Token)).Report!.Sha256.ShouldBe(Some.Sha256);
        rig.Alerts.Taken.Single().Sha256.ShouldBe(Some.Sha256);
    }

    [Fact(Timeout = 10_000)]
    public async Task Whoever_asks_by_hand_is_told_the_hash() =>
        (await new Rig().Processor.ScanAsync(new ObjectRef("bucket", "k"), null, Token)).Report!.Sha256.ShouldBe(Some.Sha256);

    [Fact(Timeout = 10_000)]
    public async Task A_too_large_object_is_not_read()
    {
        var rig = new Rig(("Scan:MaxObjectSize", "4"));

        var outcome = await rig.ProcessAsync("k", Token);

        outcome.Verdict.ShouldBe(new Unscannable(UnscannableReason.TooLarge));
        outcome.Report!.Sha256.ShouldBeNull();
        rig.Engine.Scans.ShouldBe(0);
        rig.Alerts.Taken.Single().Reason.ShouldBe("too-large");
    }

    [Fact(Timeout = 10_000)]
    public async Task An_object_of_exactly_the_limit_is_scanned() =>
        (await new Rig(("Scan:MaxObjectSize", "5")).ProcessAsync("k", Token)).Verdict.Status.ShouldBe("CLEAN");

    [Fact(Timeout = 10_000)]
    public async Task A_short_read_is_never_clean()
    {
        var rig = new Rig();
        rig.Store.OnOpen = reference => FakeStore.Open(reference, Some.Content, size: 6);

        await Should.ThrowAsync<TryAgainException>(rig.ProcessAsync("k", Token));
        rig.Journal.ShouldBe(["open bucket/k"]);
    }

    [Fact(Timeout = 10_000)]
    public async Task An_engine_that_answers_before_the_end_is_never_believed()
    {
        var rig = new Rig();
        rig.Engine.Lies = true;

        (await Should.ThrowAsync<TryAgainException>(rig.ProcessAsync("k", Token))).Message.ShouldContain("0 of 5 bytes");
    }

    [Fact(Timeout = 10_000)]
    public async Task A_content_longer_than_its_size_is_never_clean()
    {
        var rig = new Rig();
        rig.Store.OnOpen = reference => FakeStore.Open(reference, [], size: 0, body: new MemoryStream([1, 2, 3]));

        await Should.ThrowAsync<TryAgainException>(rig.ProcessAsync("k", Token));
    }

    [Fact(Timeout = 10_000)]
    public async Task A_finding_counts_whatever_was_read_and_has_no_hash_then()
    {
        var rig = new Rig();
        rig.Engine.Finds = ["Eicar"];
        rig.Store.OnOpen = reference => FakeStore.Open(reference, Some.Content, size: 6);

        var outcome = await rig.ProcessAsync("k", Token);

        outcome.Verdict.ShouldBe(new Infected(["Eicar"]));
        outcome.Report!.Sha256.ShouldBeNull();
    }

    [Fact(Timeout = 10_000)]
    public async Task A_scan_that_takes_too_long_with_a_fit_engine_is_unscannable()
    {
        var rig = new Rig();
        var read = new TaskCompletionSource();
        rig.Engine.OnScan = async (content, cancellationToken) =>
        {
            await content.CopyToAsync(Stream.Null, cancellationToken);
            read.SetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, rig.Clock, cancellationToken);
        };

        var work = rig.ProcessAsync("k", Token);
        await read.Task.WaitAsync(Token);
        rig.Clock.Advance(TimeSpan.FromMinutes(10));

        (await work).Verdict.ShouldBe(new Unscannable(UnscannableReason.Timeout));
    }

    [Fact(Timeout = 10_000)]
    public async Task A_scan_that_takes_too_long_over_half_a_content_is_tried_again()
    {
        var rig = Hanging();

        var work = rig.ProcessAsync("k", Token);
        await Rig.UntilAsync(() => rig.Engine.Scans == 1, Token);
        rig.Clock.Advance(TimeSpan.FromMinutes(10));

        (await Should.ThrowAsync<TryAgainException>(work)).Message.ShouldContain("0 of 5 bytes");
    }

    [Fact(Timeout = 10_000)]
    public async Task A_scan_that_takes_too_long_with_an_unfit_engine_says_nothing_of_the_object()
    {
        var rig = Hanging();
        rig.SelfTest = _ => throw new TryAgainException("EICAR was not found");

        var work = rig.ProcessAsync("k", Token);
        await Rig.UntilAsync(() => rig.Engine.Scans == 1, Token);
        rig.Clock.Advance(TimeSpan.FromMinutes(10));

        await Should.ThrowAsync<ScannerUnavailableException>(work);
        rig.Alerts.Taken.ShouldBeEmpty();
    }

    [Fact(Timeout = 10_000)]
    public async Task A_content_that_does_not_arrive_in_time_is_a_matter_of_the_store()
    {
        var rig = new Rig();
        var body = new EndlessStream();
        rig.Store.OnOpen = reference => FakeStore.Open(reference, [], size: 6, body);

        var work = rig.ProcessAsync("k", Token);
        await body.Asked.Task.WaitAsync(Token);
        rig.Clock.Advance(TimeSpan.FromMinutes(10));

        (await Should.ThrowAsync<ServiceUnreachableException>(work)).Message.ShouldContain("Scan:Timeout");
    }

    [Fact(Timeout = 10_000)]
    public async Task Who_gives_a_scan_up_gets_no_verdict()
    {
        var rig = Hanging();
        using var stop = new CancellationTokenSource();

        var work = rig.ProcessAsync("k", stop.Token);
        await Rig.UntilAsync(() => rig.Engine.Scans == 1, Token);
        await stop.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(work);
        rig.Alerts.Taken.ShouldBeEmpty();
    }

    private static Rig Hanging()
    {
        var rig = new Rig();
        rig.Engine.OnScan = (_, ct) => Task.Delay(Timeout.InfiniteTimeSpan, rig.Clock, ct);
        return rig;
    }
}
