using System.Collections.Concurrent;
using ClamBucketFleet.Daemon.Tests.Run;
using ClamBucketFleet.TestKit;
using Shouldly;
using Xunit;

namespace ClamBucketFleet.Daemon.Tests.Faults;

/// <summary>Every request of every way fails, is refused for its pace, or is late; every body is cut.</summary>
public sealed class FaultMatrixTests(MotoFixture moto, ClamdFixture clamd)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private static readonly (string Name, int Times, Func<AwsRequest, Hook> Fault)[] Kinds =
    [
        ("500 once", 1, AwsFault.ServerError),
        ("500 three times", 3, AwsFault.ServerError),
        ("throttled", 1, AwsFault.Throttled),
    ];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact(Timeout = 300_000)]
    public async Task Whatever_request_of_an_object_fails_its_work_is_completed()
    {
        await using var grounds = await Grounds.CreateAsync(moto.Server, clamd.Server, Cancellation);
        var points = await grounds.DiscoverAsync();
        var daemon = grounds.Start(48);
        var runs = 0;
        foreach (var (name, times, fault) in Kinds)
        {
            var failing = new ConcurrentDictionary<string, int>();
            var counts = new ConcurrentDictionary<string, int>();
            grounds.Proxy.Decide = request =>
            {
                if (Grounds.KeyOf(request) is not { } key || !failing.TryGetValue(key, out var first)) return null;
                var number = counts.AddOrUpdate(key, 1, (_, count) => count + 1);
                return number >= first && number < first + times ? fault(request) : null;
            };
            runs += await RunAsync(grounds, points, name, failing);
        }

        var cut = new ConcurrentDictionary<string, int>();
        grounds.Proxy.Decide = request => request.Method == "GET" && !request.Url.Contains("?tagging", StringComparison.Ordinal)
            && Grounds.KeyOf(request) is { } key && cut.TryRemove(key, out _) ? new Hook { Cuts = true } : null;
        runs += await RunAsync(grounds, [.. points.Where(point => point.Request == "GET")], "cut off", cut);
        cut.ShouldBeEmpty();

        daemon.Process.HasExited.ShouldBeFalse(grounds.Scene.Logs());
        Console.WriteLine($"Fault matrix: {points.Count} points, {runs} runs, 0 failures");
    }

    [Fact(Timeout = 300_000)]
    public async Task Whatever_answer_is_late_for_longer_than_a_lease_is_waited_for()
    {
        await using var grounds = await Grounds.CreateAsync(moto.Server, clamd.Server, Cancellation);
        var points = await grounds.DiscoverAsync();
        var numbers = new ConcurrentDictionary<string, int>();
        var items = new List<Item>();
        foreach (var (place, number, request) in points)
        {
            var item = await grounds.UploadAsync(place, $"late {number} {request}");
            items.Add(item);
            numbers[item.Key] = number;
        }
        var holder = new Holder(items.Count);
        var which = Holder.Of(numbers, before: false);
        grounds.Proxy.Decide = request => which(request, holder.HoldAsync);
        var daemon = grounds.Start(items.Count, visibility: "6s");
        await holder.AllAreHeld.WaitAsync(Patience, TimeProvider.System, Cancellation);
        // A third of the time each: four renewals of everybody are longer than what was asked for at first.
        var renewed = Renewals();
        await Eventually.UntilAsync(() => Renewals() >= renewed + 4 * items.Count, Patience, Cancellation);
        holder.Release();
        await grounds.SettleAsync(items);

        daemon.Process.HasExited.ShouldBeFalse(grounds.Scene.Logs());
        Console.WriteLine($"Late answers: {points.Count} points, {items.Count} runs, 0 failures");

        int Renewals() => grounds.Proxy.Requests.Count(request => request.Target == "AmazonSQS.ChangeMessageVisibility");
    }

    [Fact(Timeout = 300_000)]
    public async Task Whatever_request_to_the_queue_fails_nothing_is_lost()
    {
        await using var grounds = await Grounds.CreateAsync(moto.Server, clamd.Server, Cancellation);
        string[] targets = ["AmazonSQS.ReceiveMessage", "AmazonSQS.DeleteMessageBatch", "AmazonSQS.ChangeMessageVisibility"];
        var daemon = grounds.Start(16, visibility: "3s");
        await daemon.IsReadyAsync(Cancellation);
        var runs = 0;
        foreach (var (target, kind) in from target in targets from kind in Kinds select (target, kind))
        {
            var left = kind.Times;
            var failed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            grounds.Proxy.Decide = request =>
            {
                // A lease is renewed only while there is work: the alerts wait for it.
                if (target.EndsWith("Visibility", StringComparison.Ordinal) && request.Url == "/" && request.Target is null)
                    return new Hook { Before = () => failed.Task };
                if (request.Target != target || Interlocked.Decrement(ref left) is var now && now < 0) return null;
                if (now == 0) failed.SetResult();
                return kind.Fault(request);
            };
            var items = new List<Item>();
            foreach (var place in grounds.Places) items.Add(await grounds.UploadAsync(place, $"{target} {kind.Name}"));
            await failed.Task.WaitAsync(Patience, TimeProvider.System, Cancellation);
            await grounds.SettleAsync(items);
            runs++;
        }
        daemon.Process.HasExited.ShouldBeFalse(grounds.Scene.Logs());
        Console.WriteLine($"Faults of the queue: {targets.Length} points, {runs} runs, 0 failures");
    }

    private static async Task<int> RunAsync(
        Grounds grounds,
        IReadOnlyList<(Place Place, int Number, string Request)> points,
        string name,
        ConcurrentDictionary<string, int> failing)
    {
        var items = new List<Item>();
        foreach (var (place, number, request) in points)
            items.Add(await grounds.UploadAsync(place, $"{name} {number} {request}", key => failing[key] = number));
        await grounds.SettleAsync(items);
        return items.Count;
    }
}
