using ClamBucketFleet.Core.Tests.Fakes;
using Microsoft.Extensions.Logging;
using Shouldly;
using Xunit;

namespace ClamBucketFleet.Core.Tests.Pipeline;

public sealed class StepOrderTests
{
    private static readonly (string, string?)[] Quarantine =
        [("Infected:Action", "quarantine"), ("Quarantine:Bucket", "jail"), ("Quarantine:Prefix", "infected/")];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = 10_000)]
    public async Task An_infected_object_is_copied_then_published_then_deleted()
    {
        var rig = Infected(Quarantine);

        var outcome = await rig.ProcessAsync("k", Token);

        rig.Journal.ShouldBe(["open bucket/k", "copy to s3://jail/infected/bucket/k", "publish INFECTED QUARANTINE", "delete bucket/k"]);
        outcome.Action.ShouldBe("QUARANTINE");
        rig.Alerts.Taken.Single().Destination.ShouldBe("s3://jail/infected/bucket/k");
        rig.Store.Copies.Single().Sha256.ShouldBe(Some.Sha256);
        rig.Store.Copies.Single().Tags.Select(t => t.Key).ShouldBe(["av-status", "av-signature", "av-timestamp"]);
    }

    [Fact(Timeout = 10_000)]
    public async Task Nothing_is_deleted_until_an_alert_is_taken()
    {
        var rig = Infected();
        rig.Alerts.Failure = _ => new ServiceUnreachableException("no topic");

        (await Should.ThrowAsync<TryAgainException>(rig.ProcessAsync("k", Token))).Message.ShouldContain("no topic");

        rig.Journal.ShouldBe(["open bucket/k", "publish INFECTED DELETE"]);
    }

    [Fact(Timeout = 10_000)]
    public async Task A_delete_that_fails_is_told_by_a_second_alert_of_the_same_id()
    {
        var rig = Infected();
        rig.Store.OnDelete = _ => throw new AccessRefusedException("s3:DeleteObject is not allowed");

        await Should.ThrowAsync<AccessRefusedException>(rig.ProcessAsync("k", Token));

        rig.Alerts.Taken.Select(a => a.Action).ShouldBe(["DELETE", "FAILED"]);
        rig.Alerts.Taken.Select(a => a.Id).Distinct().Count().ShouldBe(1);
        rig.Alerts.Taken.Last().Error.ShouldBe("s3:DeleteObject is not allowed");
    }

    [Fact(Timeout = 10_000)]
    public async Task A_copy_that_fails_leaves_the_object_and_says_so()
    {
        var rig = Infected(Quarantine);
        rig.Store.OnCopy = (_, _) => throw new TryAgainException("the copy differs");

        await Should.ThrowAsync<TryAgainException>(rig.ProcessAsync("k", Token));

        rig.Journal.ShouldBe(["open bucket/k", "copy to s3://jail/infected/bucket/k", "publish INFECTED FAILED"]);
    }

    [Theory(Timeout = 10_000)]
    [InlineData(StepResult.Gone)]
    [InlineData(StepResult.Superseded)]
    public async Task A_content_that_changed_before_the_copy_is_told_and_left_alone(StepResult result)
    {
        var rig = Infected(Quarantine);
        rig.Store.OnCopy = (_, _) => new CopyResult(result, null, []);

        var outcome = await rig.ProcessAsync("k", Token);

        outcome.Action.ShouldBe("NONE");
        rig.Journal.ShouldBe(["open bucket/k", "copy to s3://jail/infected/bucket/k", "publish INFECTED NONE"]);
        rig.Lines.ShouldContain(line => line.Event == 4 && line.Level == LogLevel.Warning);
    }

    [Fact(Timeout = 10_000)]
    public async Task A_tag_that_fails_is_told_and_changes_nothing_else()
    {
        var rig = Infected([("Infected:Action", "tag")]);
        rig.Store.OnTag = _ => throw new TryAgainException("ten tags are there already");

        await Should.ThrowAsync<TryAgainException>(rig.ProcessAsync("k", Token));

        rig.Journal.ShouldBe(["open bucket/k", "publish INFECTED TAG", "tag bucket/k", "publish INFECTED FAILED"]);
        rig.Alerts.Taken.Last().Error.ShouldBe("ten tags are there already");
    }

    [Fact(Timeout = 10_000)]
    public async Task Tags_without_room_on_a_copy_are_logged()
    {
        var rig = Infected(Quarantine);
        rig.Store.OnCopy = (content, to) => new CopyResult(
            StepResult.Done, content with { Bucket = to.Bucket, Key = to.Key }, ["av-timestamp"]);

        await rig.ProcessAsync("k", Token);

        rig.Lines.ShouldContain(line => line.Event == 3 && line.Text.Contains("av-timestamp", StringComparison.Ordinal));
    }

    [Fact(Timeout = 10_000)]
    public async Task Only_the_statuses_that_were_asked_for_are_published()
    {
        var rig = Infected([("Alerts:Publish", "unscannable")]);

        await rig.ProcessAsync("k", Token);

        rig.Alerts.Taken.ShouldBeEmpty();
        rig.Journal.ShouldContain("delete bucket/k");
    }

    [Fact(Timeout = 10_000)]
    public async Task A_failed_step_is_told_also_where_only_errors_are_published()
    {
        var rig = Infected([("Alerts:Publish", "error")]);
        rig.Store.OnDelete = _ => throw new TryAgainException("no");

        await Should.ThrowAsync<TryAgainException>(rig.ProcessAsync("k", Token));

        rig.Alerts.Taken.Single().Action.ShouldBe("FAILED");
    }

    [Fact(Timeout = 10_000)]
    public async Task A_clean_object_is_moved_and_its_copy_tagged()
    {
        var rig = new Rig(("Clean:Action", "move"), ("Clean:Bucket", "good"), ("Clean:Prefix", "in/"), ("Alerts:Publish", "clean"));

        await rig.ProcessAsync("a/k", Token);

        rig.Journal.ShouldBe(["open bucket/a/k", "copy to s3://good/in/a/k", "publish CLEAN MOVE", "delete bucket/a/k"]);
        rig.Store.Copies.Single().Tags[0].ShouldBe(new ObjectTag("av-status", "CLEAN"));
    }

    [Fact(Timeout = 10_000)]
    public async Task What_is_superseded_before_its_deletion_stays()
    {
        var rig = Infected();
        rig.Store.OnDelete = _ => StepResult.Superseded;

        await rig.ProcessAsync("k", Token);

        rig.Alerts.Taken.Count.ShouldBe(1);
        rig.Lines.ShouldContain(line => line.Event == 4 && line.Text.Contains("Superseded", StringComparison.Ordinal));
    }

    private static Rig Infected(params (string, string?)[] settings)
    {
        var rig = new Rig(settings);
        rig.Engine.Finds = ["Eicar"];
        return rig;
    }
}
