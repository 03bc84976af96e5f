using System.Collections.Concurrent;
using ClamBucketFleet.Daemon.Tests.Run;
using ClamBucketFleet.TestKit;
using Xunit;

namespace ClamBucketFleet.Daemon.Tests.Faults;

/// <summary>
/// kill -9 at every request of every way, once before it is passed on and once before its answer comes. The objects
/// of one run are each held at a point of their own until all are, and then the daemon is killed: one death, many
/// points.
/// </summary>
public sealed class KillMatrixTests(MotoFixture moto, ClamdFixture clamd)
{
    private static readonly (string Target, bool Before)[] Queue =
    [
        ("AmazonSQS.ReceiveMessage", true), ("AmazonSQS.ReceiveMessage", false),
        ("AmazonSQS.DeleteMessageBatch", true), ("AmazonSQS.DeleteMessageBatch", false),
    ];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact(Timeout = 300_000)]
    public async Task Whatever_request_the_daemon_dies_at_another_one_completes_the_work()
    {
        await using var grounds = await Grounds.CreateAsync(moto.Server, clamd.Server, Cancellation);
        var points = await grounds.DiscoverAsync();
        var runs = 0;
        foreach (var before in new[] { true, false })
        {
            var items = new List<Item>();
            var held = new ConcurrentDictionary<string, int>();
            foreach (var (place, number, request) in points)
            {
                var item = await grounds.UploadAsync(place, $"killed {(before ? "before" : "after")} {number} {request}");
                items.Add(item);
                held[item.Key] = number;
            }
            var neighbours = await grounds.NeighboursAsync();
            var successor = await DieAsync(grounds, items.Count + neighbours.Count, items.Count, Holder.Of(held, before));
            await grounds.SettleAsync(items.Concat(neighbours));
            await successor.StopsWellAsync(Cancellation);
            runs += items.Count;
        }

        foreach (var (target, before) in Queue)
        {
            var items = new List<Item>();
            foreach (var place in grounds.Places) items.Add(await grounds.UploadAsync(place, $"{target} before: {before}"));
            var first = 0;
            var successor = await DieAsync(grounds, items.Count, 1, (request, hold) =>
                request.Target != target || Interlocked.Exchange(ref first, 1) != 0 ? null
                : before ? new Hook { Before = hold } : new Hook { After = hold });
            await grounds.SettleAsync(items);
            await successor.StopsWellAsync(Cancellation);
            runs++;
        }
        var ways = points.GroupBy(point => point.Place.Way.ToString())
            .Select(way => $"  {way.Key}: {string.Join(", ", way.Select(point => point.Request))}");
        Console.WriteLine(
            $"Kill matrix: {points.Count + Queue.Length / 2} points, {runs} runs, 0 failures\n{string.Join('\n', ways)}");
    }

    private static async Task<RunningDaemon> DieAsync(
        Grounds grounds, int concurrency, int count, Func<AwsRequest, Func<Task>, Hook?> which)
    {
        var holder = new Holder(count);
        grounds.Proxy.Decide = request => which(request, holder.HoldAsync);
        var daemon = grounds.Start(concurrency);
        try
        {
            await holder.AllAreHeld.WaitAsync(TimeSpan.FromSeconds(90), TimeProvider.System, Cancellation);
        }
        catch (TimeoutException e)
        {
            throw new TimeoutException($"Not all came to their point\n{grounds.Scene.Logs()}", e);
        }
        finally
        {
            await daemon.KillAsync();
            holder.Cut();
            grounds.Proxy.Decide = null;
        }
        return grounds.Start(concurrency);
    }
}
