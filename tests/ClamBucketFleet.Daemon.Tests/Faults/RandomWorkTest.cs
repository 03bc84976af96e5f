using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using ClamBucketFleet.Daemon.Tests.Run;
using ClamBucketFleet.TestKit;
using Xunit;

namespace ClamBucketFleet.Daemon.Tests.Faults;

/// <summary>
/// Uploads, overwrites, deletions, duplicates, faults of AWS and deaths of both processes, all at random, against a
/// model. CHAOS_SECONDS says how long, CHAOS_SEEDS with which seeds; without them a short time and a new seed.
/// </summary>
public sealed class RandomWorkTest(MotoFixture moto)
{
    private const int MostWaiting = 30;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static TheoryData<int> Seeds
        => new(Environment.GetEnvironmentVariable("CHAOS_SEEDS") is { Length: > 0 } seeds
            ? seeds.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(seed => int.Parse(seed, CultureInfo.InvariantCulture))
            : [RandomNumberGenerator.GetInt32(1_000_000)]);

    private static TimeSpan Duration => TimeSpan.FromSeconds(int.Parse(
        Environment.GetEnvironmentVariable("CHAOS_SECONDS") ?? "20", CultureInfo.InvariantCulture));

    [Theory(Timeout = 1_200_000, DisableDiscoveryEnumeration = true)]
    [MemberData(nameof(Seeds))]
    public async Task Whatever_happens_the_model_is_right_in_the_end(int seed)
    {
        var random = new Random(seed);
        await using var clamd = await ClamdServer.StartAsync(Cancellation);
        await using var scene = await Scene.CreateAsync(moto.Server, clamd, Cancellation, maxReceiveCount: 1000);
        await using var proxy = new AwsProxy(moto.Server);
        var world = new World(scene, random, Cancellation);
        await world.CreateAsync();
        var chaos = new Chaos(world, new Random(seed + 1));
        proxy.Decide = chaos.Decide;

        var daemon = Start(scene, proxy, world);
        var (actions, deaths) = (0, 0);
        var started = TimeProvider.System.GetTimestamp();
        try
        {
            for (; TimeProvider.System.GetElapsedTime(started) < Duration; actions++)
            {
                switch (random.Next(100))
                {
                    case < 70:
                        await world.UploadAsync();
                        break;
                    case < 82:
                        await world.RepeatAsync();
                        break;
                    case < 94:
                        await world.DeleteAsync();
                        break;
                    case < 98:
                        world.Note("kill daemon");
                        await daemon.KillAsync();
                        daemon = Start(scene, proxy, world);
                        deaths++;
                        break;
                    default:
                        world.Note("kill clamd");
                        await clamd.KillAsync();
                        await world.UploadAsync();
                        await clamd.RestartAsync(Cancellation);
                        deaths++;
                        break;
                }
                await Eventually.UntilAsync(
                    async _ => await scene.DepthsAsync() is var (waiting, inFlight) && waiting + inFlight < MostWaiting, Patience, Cancellation);
            }
            chaos.IsOver = true;
            await Eventually.UntilAsync(async _ => await scene.DepthsAsync() == (0, 0), Patience, Cancellation);
            await Eventually.UntilAsync(async _ =>
            {
                await scene.AlertedAsync(_ => true);
                return await scene.DepthsAsync(scene.SubscriberUrl) == (0, 0);
            }, Patience, Cancellation);
            var faults = await world.FaultsAsync();
            if (daemon.Process.HasExited) faults = [.. faults, "the daemon ended"];
            if (faults.Count > 0) throw new InvalidOperationException(string.Join('\n', faults));
            Console.WriteLine(
                $"Seed {seed}: right after {Duration.TotalSeconds} s, {actions} actions, {world.All.Count} contents "
                + $"({world.All.Count(stored => stored.Infected)} infected), {chaos.Faults} faults of AWS, {deaths} deaths, "
                + $"{scene.Alerts.Count} alerts");
        }
        catch (Exception e) when (!Cancellation.IsCancellationRequested)
        {
            throw new InvalidOperationException($"Seed {seed}: {e.Message}\n{world.History}\n{scene.Logs()}", e);
        }
    }

    private static RunningDaemon Start(Scene scene, AwsProxy proxy, World world)
        => scene.Start([], proxy.ForAll, [("Queue:VisibilityTimeout", "3s"), .. world.Settings]);

    /// <summary>Now and then a request goes wrong, or as many of its kind in a row as outlast the SDK's repetitions.</summary>
    private sealed class Chaos(World world, Random random)
    {
        private static readonly TimeSpan Late = TimeSpan.FromSeconds(1);
        private const int Burst = 6;
        private readonly Lock _lock = new();
        private (string Kind, int Choice, int Left) _burst;

        public bool IsOver { get; set; }

        public int Faults { get; private set; }

        public Hook? Decide(AwsRequest request)
        {
            int choice;
            lock (_lock)
            {
                choice = IsOver ? 100 : Choose(request);
                if (choice < 10) Faults++;
            }
            if (choice < 10) world.Note($"fault {choice} {request.Method} {request.Url} {request.Target}");
            return choice switch
            {
                < 3 => AwsFault.ServerError(request),
                < 6 => AwsFault.Throttled(request),
                < 8 => new Hook { After = () => Task.Delay(Late, TimeProvider.System, Cancellation) },
                < 10 => request.Method == "GET" ? new Hook { Cuts = true } : new Hook { After = () => throw new IOException("cut") },
                _ => IsConditional(request) ? new Hook { Answer = context => DeleteAsync(request, context) } : null,
            };
        }

        private int Choose(AwsRequest request)
        {
            var kind = $"{request.Method} {request.Target}";
            if (_burst.Left > 0 && _burst.Kind == kind)
            {
                _burst.Left--;
                return _burst.Choice;
            }

            var choice = random.Next(100);
            if (choice < 6 && random.Next(3) == 0)
                _burst = (kind, choice, Burst);
            return choice;
        }

        // Versions are named; without them every deletion has its condition.
        private static bool IsConditional(AwsRequest request)
            => request.Method == "DELETE" && !request.Url.Contains("versionId=", StringComparison.Ordinal);

        private async Task DeleteAsync(AwsRequest request, HttpListenerContext context)
        {
            var path = request.Url.Split('?')[0].Split('/', 3);
            if (await world.DeleteIfMatchAsync(path[1], path[2], context.Request.Headers["If-Match"]!))
                context.Response.StatusCode = (int)HttpStatusCode.NoContent;
            else
                await AwsFault.PreconditionFailed.Answer!(context);
        }
    }
}
