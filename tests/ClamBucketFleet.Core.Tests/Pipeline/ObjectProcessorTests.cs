using ClamBucketFleet.Core.Tests.Fakes;
using ClamBucketFleet.Pipeline;
using Microsoft.Extensions.Logging;
using Shouldly;
using Xunit;

namespace ClamBucketFleet.Core.Tests.Pipeline;

public sealed class ObjectProcessorTests
{
    private static readonly ObjectRef Reference = new("bucket", "k");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = 10_000)]
    public async Task Every_object_gets_one_line_at_Information()
    {
        var rig = new Rig();
        rig.Engine.Finds = ["Eicar\u001b[2J"];

        await rig.ProcessAsync("a\nb", Token);

        var line = rig.Lines.ShouldHaveSingleItem();
        line.Level.ShouldBe(LogLevel.Information);
        line.Text.ShouldBe(
            @"INFECTED bucket/a\u000ab: Eicar\u001b[2J; DELETE, 5 bytes, 1.5 s in the queue, 0 s download, 0 s scan, delivery 1");
    }

    [Fact(Timeout = 10_000)]
    public async Task The_line_of_an_object_leaves_out_what_there_is_not()
    {
        var rig = new Rig();

        await rig.ProcessAsync("k", Token);
        rig.Store.OnOpen = _ => new OpenResult.Gone();
        await rig.ProcessAsync("k", Token);

        rig.Lines.Select(line => line.Text).ShouldBe(
        [
            "CLEAN bucket/k: NONE, 5 bytes, 1.5 s in the queue, 0 s download, 0 s scan, delivery 1",
            "SKIPPED bucket/k: gone; NONE, 1.5 s in the queue, delivery 1",
        ]);
    }

    [Fact(Timeout = 10_000)]
    public async Task What_the_filter_leaves_out_is_never_opened()
    {
        var rig = new Rig(("Filter:Exclude", "bucket/**"), ("Alerts:Publish", "all"));

        (await rig.ProcessAsync("k", Token)).Verdict.ShouldBe(new Skipped(SkipReason.Filtered));

        rig.Journal.ShouldBe(["publish SKIPPED NONE"]);
    }

    [Fact(Timeout = 10_000)]
    public async Task What_is_gone_or_superseded_is_skipped()
    {
        var rig = new Rig();

        rig.Store.OnOpen = _ => new OpenResult.Gone();
        (await rig.ProcessAsync("k", Token)).Verdict.ShouldBe(new Skipped(SkipReason.Gone));
        rig.Store.OnOpen = _ => new OpenResult.Superseded();
        (await rig.ProcessAsync("k", Token)).Verdict.ShouldBe(new Skipped(SkipReason.Superseded));

        rig.Alerts.Taken.ShouldBeEmpty();
        rig.Engine.Scans.ShouldBe(0);
    }

    [Fact(Timeout = 10_000)]
    public async Task What_cannot_be_read_is_unscannable_with_its_reason()
    {
        var rig = new Rig();
        rig.Store.OnOpen = _ => new OpenResult.Unreadable(Some.Identity(), UnscannableReason.Archived);

        (await rig.ProcessAsync("k", Token)).Verdict.ShouldBe(new Unscannable(UnscannableReason.Archived));

        rig.Alerts.Taken.Single().Reason.ShouldBe("archived");
    }

    [Fact(Timeout = 10_000)]
    public async Task An_object_that_comes_twice_at_once_is_worked_on_one_after_the_other()
    {
        var rig = new Rig();
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        rig.Engine.OnScan = (_, ct) => gate.Task.WaitAsync(ct);

        var first = rig.ProcessAsync("k", Token);
        var second = rig.ProcessAsync("k", Token);
        var other = rig.ProcessAsync("other", Token);
        await Rig.UntilAsync(() => rig.Engine.Scans == 2, Token);

        rig.Journal.Order().ShouldBe(["open bucket/k", "open bucket/other"]);
        gate.SetResult();
        await Task.WhenAll(first, second, other);
        rig.Engine.Scans.ShouldBe(3);
    }

    [Fact(Timeout = 10_000)]
    public async Task A_processing_error_is_published_only_at_the_last_delivery()
    {
        var rig = new Rig();
        rig.Store.OnOpen = _ => throw new AccessRefusedException("s3:GetObject is not allowed");

        await Should.ThrowAsync<AccessRefusedException>(rig.Processor.ProcessAsync(Reference, Some.Delivery, Pulse.Unwatched, Token));
        rig.Alerts.Taken.ShouldBeEmpty();

        await Should.ThrowAsync<AccessRefusedException>(rig.Processor.ProcessAsync(Reference, Some.LastDelivery, Pulse.Unwatched, Token));
        var alert = rig.Alerts.Taken.ShouldHaveSingleItem();
        alert.Status.ShouldBe("PROCESSING_ERROR");
        alert.Error.ShouldBe("s3:GetObject is not allowed");
        alert.ReceiveCount.ShouldBe(3);
    }

    [Fact(Timeout = 10_000)]
    public async Task A_fault_of_the_program_is_published_at_the_last_delivery_as_well()
    {
        var rig = new Rig();
        rig.Store.OnOpen = _ => throw new FormatException("unexpected\n");

        await Should.ThrowAsync<FormatException>(rig.Processor.ProcessAsync(Reference, Some.LastDelivery, Pulse.Unwatched, Token));

        rig.Alerts.Taken.ShouldHaveSingleItem().Status.ShouldBe("PROCESSING_ERROR");
        rig.Lines.ShouldAllBe(line => !line.Text.Contains('\n', StringComparison.Ordinal));
    }

    [Fact(Timeout = 10_000)]
    public async Task An_error_tag_is_written_where_objects_without_a_verdict_are_tagged()
    {
        var rig = new Rig(("Unscannable:Action", "tag"));
        rig.Engine.OnScan = (_, _) => throw new TryAgainException("no answer");

        await Should.ThrowAsync<TryAgainException>(rig.Processor.ProcessAsync(Reference, Some.LastDelivery, Pulse.Unwatched, Token));

        rig.Store.Tags.Single()[0].ShouldBe(new ObjectTag("av-status", "PROCESSING_ERROR"));
    }

    [Fact(Timeout = 10_000)]
    public async Task An_error_that_cannot_be_told_does_not_hide_the_first()
    {
        var rig = new Rig(("Unscannable:Action", "tag"));
        rig.Engine.OnScan = (_, _) => throw new TryAgainException("no answer");
        rig.Store.OnTag = _ => throw new TryAgainException("no room");
        rig.Alerts.Failure = _ => new ServiceUnreachableException("no topic");

        (await Should.ThrowAsync<TryAgainException>(rig.Processor.ProcessAsync(Reference, Some.LastDelivery, Pulse.Unwatched, Token)))
            .Message.ShouldBe("no answer");

        rig.Lines.Select(line => line.Event).ShouldBe([2, 5, 6]);
    }

    [Fact(Timeout = 10_000)]
    public async Task A_scan_by_hand_changes_nothing_and_tells_nobody()
    {
        var rig = new Rig(("Filter:Exclude", "**"));
        rig.Engine.Finds = ["Eicar"];
        long seen = 0;

        var outcome = await rig.Processor.ScanAsync(Reference, (_, bytes) => seen = bytes, Token);

        outcome.Verdict.ShouldBe(new Infected(["Eicar"]));
        seen.ShouldBe(5);
        rig.Journal.ShouldBe(["open bucket/k"]);
    }
}
