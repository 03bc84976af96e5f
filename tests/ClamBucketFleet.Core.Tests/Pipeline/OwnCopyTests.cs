using ClamBucketFleet.Core.Tests.Fakes;
using ClamBucketFleet.Pipeline;
using Shouldly;
using Xunit;

namespace ClamBucketFleet.Core.Tests.Pipeline;

public sealed class OwnCopyTests
{
    private static readonly (string, string?)[] Settings =
    [
        ("Infected:Action", "quarantine"), ("Quarantine:Bucket", "bucket"), ("Quarantine:Prefix", "infected/"),
        ("Clean:Action", "move"), ("Clean:Bucket", "bucket"), ("Clean:Prefix", "clean/"),
    ];

    private readonly Rig _rig = new(Settings);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = 10_000)]
    public async Task What_lies_in_quarantine_is_left_there_whoever_put_it()
    {
        var outcome = await _rig.ProcessAsync("infected/anything", Token);

        outcome.Verdict.ShouldBe(new Skipped(SkipReason.OwnCopy));
        _rig.Journal.ShouldBeEmpty();
    }

    [Fact(Timeout = 10_000)]
    public async Task The_event_of_a_clean_copy_is_skipped_once_and_a_second_one_scanned()
    {
        await _rig.ProcessAsync("k", Token);

        (await CopyEventAsync("clean/k")).Verdict.ShouldBe(new Skipped(SkipReason.OwnCopy));
        (await CopyEventAsync("clean/k")).Verdict.Status.ShouldBe("CLEAN");
        _rig.Engine.Scans.ShouldBe(2);
    }

    [Fact(Timeout = 10_000)]
    public async Task A_copy_that_somebody_asks_for_is_scanned_though_its_event_never_came()
    {
        await _rig.ProcessAsync("k", Token);

        var outcome = await _rig.Processor.ProcessAsync(
            new ObjectRef("bucket", "clean/k", null, Some.ETag), Some.Delivery, Pulse.Unwatched, Token);

        outcome.Verdict.Status.ShouldBe("CLEAN");
        _rig.Engine.Scans.ShouldBe(2);
    }

    [Fact(Timeout = 10_000)]
    public async Task An_object_forged_among_the_clean_ones_is_scanned_and_stays_when_clean()
    {
        var outcome = await CopyEventAsync("clean/forged");

        outcome.Verdict.Status.ShouldBe("CLEAN");
        outcome.Action.ShouldBe("NONE");
        _rig.Journal.ShouldBe(["open bucket/clean/forged"]);
    }

    [Fact(Timeout = 10_000)]
    public async Task An_infected_object_forged_among_the_clean_ones_goes_to_quarantine()
    {
        _rig.Engine.Finds = ["Eicar"];

        var outcome = await CopyEventAsync("clean/forged");

        outcome.Action.ShouldBe("QUARANTINE");
        _rig.Journal.ShouldBe([
            "open bucket/clean/forged", "copy to s3://bucket/infected/bucket/clean/forged",
            "publish INFECTED QUARANTINE", "delete bucket/clean/forged",
        ]);
    }

    [Fact(Timeout = 10_000)]
    public async Task Another_content_in_place_of_the_copy_is_scanned()
    {
        await _rig.ProcessAsync("k", Token);

        var outcome = await _rig.Processor.ProcessAsync(
            new ObjectRef("bucket", "clean/k", null, "other"), Some.Delivery, Pulse.Unwatched, Token);

        outcome.Verdict.Status.ShouldBe("CLEAN");
    }

    [Fact(Timeout = 10_000)]
    public async Task Moving_within_a_bucket_ends()
    {
        await _rig.ProcessAsync("k", Token);
        for (var i = 0; i < 3; i++)
            await CopyEventAsync("clean/k");

        _rig.Store.Copies.Count.ShouldBe(1);
        _rig.Journal.Count(step => step.StartsWith("delete", StringComparison.Ordinal)).ShouldBe(1);
    }

    private Task<ClamBucketFleet.Pipeline.ObjectOutcome> CopyEventAsync(string key) =>
        _rig.Processor.ProcessAsync(new ObjectRef("bucket", key, null, Some.ETag, Some.Now), Some.Delivery, Pulse.Unwatched, Token);
}
