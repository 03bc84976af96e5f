using System.Text;
using ClamBucketFleet.TestKit;
using Shouldly;
using Xunit;

namespace ClamBucketFleet.Daemon.Tests.Run;

/// <summary>A suspended clamd makes scans as long as a test wants them.</summary>
public sealed class LeaseTests(MotoFixture moto)
{
    private static readonly byte[] Clean = Encoding.UTF8.GetBytes("clean\n");
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact(Timeout = 120_000)]
    public async Task A_message_whose_scan_takes_three_times_its_visibility_is_scanned_once()
    {
        await using var clamd = await ClamdServer.StartAsync(Cancellation);
        await using var scene = await Scene.CreateAsync(moto.Server, clamd, Cancellation);
        await using var proxy = new AwsProxy(moto.Server);
        var bucket = await scene.BucketAsync();
        var daemon = scene.Start([], proxy.ForAll, ("Queue:VisibilityTimeout", "3s"));
        await daemon.IsReadyAsync(Cancellation);

        clamd.Suspend();
        await scene.PutAsync(bucket, "k", Eicar.Bytes);
        // A lease renews itself after a third of its time: nine times is three times the visibility.
        await Eventually.UntilAsync(() => proxy.Requests.Count(IsRenewal) >= 9, Patience, Cancellation);
        clamd.Resume();
        await scene.AlertOnAsync("k", "INFECTED");
        await scene.WorkedOffAsync();

        proxy.Requests.Count(request => request.Is("GET", bucket, "k")).ShouldBe(1);
        scene.Alerts.ShouldHaveSingleItem();
        (await scene.ReadAsync(bucket, "k")).ShouldBeNull();
        await daemon.StopsWellAsync(Cancellation);
        daemon.Warnings.Concat(daemon.Errors).ShouldBeEmpty();
    }

    [Fact(Timeout = 120_000)]
    public async Task What_is_begun_ends_after_SIGTERM_and_what_is_not_stays_for_others()
    {
        await using var clamd = await ClamdServer.StartAsync(Cancellation);
        await using var scene = await Scene.CreateAsync(moto.Server, clamd, Cancellation);
        await using var proxy = new AwsProxy(moto.Server);
        var bucket = await scene.BucketAsync();
        var daemon = scene.Start([], proxy.ForAll, ("Scan:Concurrency", "2"), ("Queue:VisibilityTimeout", "3s"));
        await daemon.IsReadyAsync(Cancellation);
        await scene.WorkedOffAsync();

        clamd.Suspend();
        for (var i = 0; i < 5; i++) await scene.PutAsync(bucket, $"k{i}", Clean);
        await scene.DepthsBecomeAsync(waiting: 3, inFlight: 2);
        daemon.Process.Send(Signal.Terminate);
        await daemon.LogsAsync("Stopping: 2 in work", Cancellation);
        // It keeps both for longer than their visibility.
        var renewals = proxy.Requests.Count(IsRenewal);
        await Eventually.UntilAsync(() => proxy.Requests.Count(IsRenewal) >= renewals + 8, Patience, Cancellation);
        clamd.Resume();
        await daemon.EndsWellAsync(Cancellation);

        await scene.AlertedAsync(alerts => alerts.Count == 2);
        (await scene.DepthsAsync()).ShouldBe((3, 0));

        await scene.Start(["--drain", "--idle", "1s"], null).EndsWellAsync(Cancellation);
        await scene.AlertedAsync(alerts => alerts.Select(alert => alert.Key).Distinct().Count() == 5);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_scan_longer_than_the_drain_is_handed_back_at_once_and_done_by_another()
    {
        await using var clamd = await ClamdServer.StartAsync(Cancellation);
        await using var scene = await Scene.CreateAsync(moto.Server, clamd, Cancellation);
        var bucket = await scene.BucketAsync();
        // Were it not handed back, the message would be hidden for ten minutes.
        var daemon = scene.Start(("Fleet:Drain", "1s"), ("Queue:VisibilityTimeout", "10m"));
        await daemon.IsReadyAsync(Cancellation);
        await scene.WorkedOffAsync();

        clamd.Suspend();
        await scene.PutAsync(bucket, "k", Eicar.Bytes);
        await scene.DepthsBecomeAsync(waiting: 0, inFlight: 1);
        await daemon.StopsWellAsync(Cancellation);

        (await scene.DepthsAsync()).ShouldBe((1, 0));
        daemon.Errors.ShouldBeEmpty();
        scene.Alerts.Where(alert => alert.Key == "k").ShouldBeEmpty();
        clamd.Resume();
        await scene.Start(["--drain", "--idle", "1s"], null).EndsWellAsync(Cancellation);
        (await scene.AlertOnAsync("k", "INFECTED")).Json.GetProperty("receiveCount").GetInt32().ShouldBe(2);
        (await scene.ReadAsync(bucket, "k")).ShouldBeNull();
    }

    private static bool IsRenewal(AwsRequest request)
        => request.Target?.EndsWith("ChangeMessageVisibility", StringComparison.Ordinal) ?? false;
}
