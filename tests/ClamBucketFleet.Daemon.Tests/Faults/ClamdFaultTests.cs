using ClamBucketFleet.Daemon.Tests.Run;
using ClamBucketFleet.TestKit;
using Shouldly;
using Xunit;

namespace ClamBucketFleet.Daemon.Tests.Faults;

/// <summary>clamd in each of its troubles, with every way at work; the daemon stays.</summary>
public sealed class ClamdFaultTests(MotoFixture moto)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact(Timeout = 300_000)]
    public Task Killed_while_it_scans_it_is_waited_for() => RunAsync(async (clamd, _, daemon) =>
    {
        await clamd.KillAsync();
        await daemon.LogsAsync("No work is taken", Cancellation);
        await clamd.RestartAsync(Cancellation);
    }, suspended: true);

    [Fact(Timeout = 300_000)]
    public Task Suspended_for_longer_than_a_lease_it_is_waited_for() => RunAsync(async (clamd, grounds, _) =>
    {
        var renewed = Renewals(grounds);
        await Eventually.UntilAsync(
            () => Renewals(grounds) >= renewed + 4 * grounds.Places.Count, TimeSpan.FromSeconds(60), Cancellation);
        clamd.Resume();
    }, suspended: true);

    [Fact(Timeout = 300_000)]
    public Task Reloading_it_goes_on() => RunAsync(async (clamd, _, _) =>
    {
        for (var i = 0; i < 5; i++) (await clamd.CommandAsync("RELOAD", Cancellation)).ShouldBe("RELOADING");
    });

    [Fact(Timeout = 300_000)]
    public async Task Refusing_connections_it_is_waited_for()
    {
        await using var clamd = await ClamdServer.StartAsync(new ClamdOptions { Tcp = true }, Cancellation);
        await using var grounds = await Grounds.CreateAsync(moto.Server, clamd, Cancellation);
        var daemon = grounds.Start(16);
        await daemon.IsReadyAsync(Cancellation);
        await clamd.StopAsync();
        var items = await UploadAsync(grounds, 1);
        await daemon.LogsAsync("No work is taken", Cancellation);
        await clamd.RestartAsync(Cancellation);

        await grounds.SettleAsync(items);
        daemon.Process.HasExited.ShouldBeFalse();
    }

    [Fact(Timeout = 300_000)]
    public Task At_its_queues_limit_it_gets_to_everything() => RunAsync(
        (_, _, _) => Task.CompletedTask,
        copies: 6,
        options: new ClamdOptions
        {
            MaxThreads = 1,
            Settings = new Dictionary<string, string> { ["MaxQueue"] = "2", ["MaxConnectionQueueLength"] = "2" },
        });

    private static int Renewals(Grounds grounds)
        => grounds.Proxy.Requests.Count(request => request.Target == "AmazonSQS.ChangeMessageVisibility");

    private static async Task<List<Item>> UploadAsync(Grounds grounds, int copies)
    {
        var items = new List<Item>();
        for (var i = 0; i < copies; i++)
        {
            foreach (var place in grounds.Places) items.Add(await grounds.UploadAsync(place, "clamd"));
        }
        return items;
    }

    private async Task RunAsync(
        Func<ClamdServer, Grounds, RunningDaemon, Task> trouble,
        bool suspended = false,
        int copies = 2,
        ClamdOptions? options = null)
    {
        await using var clamd = await ClamdServer.StartAsync(options ?? new ClamdOptions(), Cancellation);
        await using var grounds = await Grounds.CreateAsync(moto.Server, clamd, Cancellation);
        var daemon = grounds.Start(64, visibility: "3s");
        await daemon.IsReadyAsync(Cancellation);
        if (suspended) clamd.Suspend();
        var items = await UploadAsync(grounds, copies);
        if (suspended) await grounds.Scene.DepthsBecomeAsync(0, items.Count);
        await trouble(clamd, grounds, daemon);

        await grounds.SettleAsync(items);
        daemon.Process.HasExited.ShouldBeFalse();
    }
}
