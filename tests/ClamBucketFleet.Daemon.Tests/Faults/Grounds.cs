using System.Collections.Concurrent;
using System.Globalization;
using System.Text.RegularExpressions;
using Amazon.S3.Model;
using ClamBucketFleet.Daemon.Tests.Run;
using ClamBucketFleet.TestKit;

namespace ClamBucketFleet.Daemon.Tests.Faults;

/// <summary>
/// Every way at once on one queue, behind a proxy that knows which object a request is about: one daemon serves many
/// points, each with an object of its own.
/// </summary>
internal sealed partial class Grounds(Scene scene, AwsProxy proxy, CancellationToken cancellationToken) : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    private readonly List<Place> _places = [];
    private readonly ConcurrentDictionary<string, ConcurrentQueue<string>> _seen = new();
    private int _keys;

    public Scene Scene => scene;

    public AwsProxy Proxy => proxy;

    public IReadOnlyList<Place> Places => _places;

    public static async Task<Grounds> CreateAsync(MotoServer moto, ClamdServer clamd, CancellationToken cancellationToken)
    {
        // What is tried here must never reach the dead-letter queue.
        var scene = await Scene.CreateAsync(moto, clamd, cancellationToken, maxReceiveCount: 100);
        var grounds = new Grounds(scene, new AwsProxy(moto), cancellationToken);
        foreach (var way in Way.All)
        {
            var bucket = await scene.BucketAsync(way.Versioned, connected: false);
            grounds._places.Add(new Place(way, bucket, await scene.BucketAsync(way.Versioned, connected: false)));
        }
        return grounds;
    }

    public RunningDaemon Start(int concurrency, string visibility = "4s") => scene.Start([], proxy.ForAll,
    [
        ("Scan:Concurrency", $"{concurrency}"), ("Queue:VisibilityTimeout", visibility),
        .. _places.SelectMany(place => place.Way.Settings(place.Bucket, place.Destination)),
    ]);

    /// <summary>Stores an object and tells the queue of it, as S3 does.</summary>
    public async Task<Item> UploadAsync(Place place, string what, Action<string>? before = null)
    {
        var key = string.Create(CultureInfo.InvariantCulture, $"k{Interlocked.Increment(ref _keys):D5}x");
        before?.Invoke(key);
        string? older = null;
        if (place.Way.Versioned) (older, _) = await scene.PutAsync(place.Bucket, key, "older"u8.ToArray());
        var (version, eTag) = await scene.PutAsync(
            place.Bucket, key, place.Way.Content(key), put => put.TagSet = [new Tag { Key = "own", Value = "1" }]);
        await scene.SendAsync(Events.S3(place.Bucket, key, eTag, version));
        return new Item(place, key, version, older, what);
    }

    /// <summary>Clean objects in the buckets of infected ones.</summary>
    public async Task<IReadOnlyList<Item>> NeighboursAsync()
    {
        var neighbours = new List<Item>();
        foreach (var place in _places.Where(place => place.Way.Infected))
            neighbours.Add(await UploadAsync(place with { Way = new Way("none", "CLEAN", place.Way.Versioned) }, "neighbour"));
        return neighbours;
    }

    /// <summary>The requests of one object on each way, in their order: the points.</summary>
    public async Task<IReadOnlyList<(Place Place, int Number, string Request)>> DiscoverAsync()
    {
        proxy.Decide = request =>
        {
            if (KeyOf(request) is { } key) _seen.GetOrAdd(key, _ => new ConcurrentQueue<string>()).Enqueue(Describe(request));
            return null;
        };
        var items = new List<Item>();
        foreach (var place in _places) items.Add(await UploadAsync(place, "recorded"));
        var daemon = Start(items.Count);
        await SettleAsync(items);
        await daemon.StopsWellAsync(cancellationToken);
        proxy.Decide = null;
        return [.. items.SelectMany(item => _seen[item.Key].Select((request, index) => (item.Place, index + 1, request)))];
    }

    /// <summary>Waits until the queue is empty, and compares everything with what it has to be.</summary>
    public async Task SettleAsync(IEnumerable<Item> items)
    {
        try
        {
            await Eventually.UntilAsync(async _ => await scene.DepthsAsync() == (0, 0), Patience, cancellationToken);
        }
        catch (TimeoutException e)
        {
            throw new TimeoutException($"The queue is not empty:\n{scene.Logs()}", e);
        }
        await Eventually.UntilAsync(async _ =>
        {
            await scene.AlertedAsync(_ => true);
            return await scene.DepthsAsync(scene.SubscriberUrl) == (0, 0);
        }, Patience, cancellationToken);
        var wrong = new List<string>();
        foreach (var item in items) wrong.AddRange((await EndState.FaultsAsync(scene, item)).Select(fault => $"{item}: {fault}"));
        if (await scene.DepthsAsync(scene.DeadLetterUrl) != (0, 0)) wrong.Add("The dead-letter queue is not empty");
        if (wrong.Count > 0)
            throw new InvalidOperationException($"{wrong.Count} failures\n{string.Join('\n', wrong)}\n{scene.Logs()}");
    }

    /// <summary>The object that a request is about; null for those of the queue.</summary>
    public static string? KeyOf(AwsRequest request)
    {
        if (request.Target is not null) return null;
        var match = Keys().Match(request.Url + request.Body);
        return match.Success ? match.Value : null;
    }

    public static string Describe(AwsRequest request)
        => request.Url == "/" ? "Publish"
            : $"{request.Method}{(request.IsCopy ? " copy" : "")}{(request.Url.Contains("?tagging", StringComparison.Ordinal) ? " tagging" : "")}";

    public async ValueTask DisposeAsync()
    {
        await scene.DisposeAsync();
        await proxy.DisposeAsync();
    }

    [GeneratedRegex("k[0-9]{5}x")]
    private static partial Regex Keys();
}
