using ClamBucketFleet.Core.Tests.Fakes;
using ClamBucketFleet.Pipeline;
using Shouldly;
using Xunit;

namespace ClamBucketFleet.Core.Tests.Pipeline;

/// <summary>What another configuration means for objects, begun before it or after.</summary>
public sealed class ReloadTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = 10_000)]
    public async Task An_object_in_work_keeps_the_policy_that_it_began_with_and_the_next_has_the_new_one()
    {
        var rig = new Rig(("Infected:Action", "quarantine"), ("Quarantine:Bucket", "jail"), ("Tags:Infected", "OLD"));
        rig.Engine.Finds = ["Virus"];
        rig.Engine.OnScan = (_, _) =>
        {
            rig.Current.Replace(Some.Options(("Infected:Action", "tag"), ("Alerts:Publish", "clean"), ("Tags:Infected", "NEW")));
            return Task.CompletedTask;
        };

        await rig.ProcessAsync("first", Token);
        await rig.ProcessAsync("second", Token);

        rig.Journal.ShouldBe(
        [
            "open bucket/first", "copy to s3://jail/bucket/first", "publish INFECTED QUARANTINE", "delete bucket/first",
            "open bucket/second", "tag bucket/second",
        ]);
        rig.Store.Copies.Single().Tags.ShouldContain(tag => tag.Value == "OLD");
        rig.Store.Tags.Single().ShouldContain(tag => tag.Value == "NEW");
    }

    [Fact(Timeout = 10_000)]
    public async Task The_filter_and_the_limit_of_size_are_those_of_the_newest_configuration()
    {
        var rig = new Rig(("Filter:Exclude", "bucket/a"));
        (await rig.ProcessAsync("a", Token)).Verdict.ShouldBe(new Skipped(SkipReason.Filtered));

        rig.Current.Replace(Some.Options(("Filter:Exclude", "bucket/b"), ("Scan:MaxObjectSize", "4")));

        (await rig.ProcessAsync("a", Token)).Verdict.ShouldBe(new Unscannable(UnscannableReason.TooLarge));
        (await rig.ProcessAsync("b", Token)).Verdict.ShouldBe(new Skipped(SkipReason.Filtered));
    }

    [Fact(Timeout = 10_000)]
    public async Task What_lies_in_the_new_quarantine_is_left_there_at_once()
    {
        var rig = new Rig();
        rig.Current.Replace(Some.Options(("Infected:Action", "quarantine"), ("Quarantine:Bucket", "bucket"), ("Quarantine:Prefix", "q/")));

        (await rig.ProcessAsync("q/k", Token)).Verdict.ShouldBe(new Skipped(SkipReason.OwnCopy));
    }

    [Fact(Timeout = 10_000)]
    public async Task A_copy_made_by_the_policy_before_is_known_for_ours_under_the_next()
    {
        var rig = new Rig(("Infected:Action", "quarantine"), ("Quarantine:Bucket", "jail"));
        rig.Engine.Finds = ["Virus"];
        await rig.ProcessAsync("k", Token);

        rig.Current.Replace(Some.Options());

        var outcome = await rig.Processor.ProcessAsync(
            new ObjectRef("jail", "bucket/k", null, Some.ETag, Some.Now), Some.Delivery, Pulse.Unwatched, Token);
        outcome.Verdict.ShouldBe(new Skipped(SkipReason.OwnCopy));
    }

    [Fact(Timeout = 10_000)]
    public async Task Two_objects_that_wait_for_each_others_place_do_not_do_so_for_ever()
    {
        var rig = new Rig(("Clean:Action", "move"), ("Clean:Bucket", "good"));
        using var other = await rig.Steps.Locks.AcquireAsync("good", "k", Token);
        var work = rig.ProcessAsync("k", Token);

        await rig.RunClockUntilAsync(() => work.IsCompleted, Token, seconds: 60);

        (await Should.ThrowAsync<TryAgainException>(work)).Message.ShouldContain("s3://good/k for 10m: no copy was made");
        rig.Journal.ShouldNotContain(line => line.StartsWith("copy", StringComparison.Ordinal));
    }
}
