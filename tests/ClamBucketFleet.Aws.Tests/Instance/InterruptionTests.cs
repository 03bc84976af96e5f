using System.Net;
using ClamBucketFleet.Aws.Instance;
using ClamBucketFleet.Pipeline;
using ClamBucketFleet.TestKit;
using Shouldly;
using Xunit;
using InstanceMetadata = ClamBucketFleet.TestKit.InstanceMetadata;
using Metadata = ClamBucketFleet.Aws.Instance.InstanceMetadata;

namespace ClamBucketFleet.Aws.Tests.Instance;

public sealed class InterruptionTests : IAsyncDisposable
{
    private const int Limit = 30_000;

    private static readonly DateTimeOffset At = new(2026, 1, 1, 12, 0, 5, TimeSpan.Zero);

    private readonly InstanceMetadata _instance = new("eu-west-1");
    private readonly ManualTimeProvider _clock = new();
    private readonly CollectedLog<InterruptionWatch> _log = new();
    private readonly CancellationTokenSource _end = new();
    private readonly List<Notice> _heard = [];
    private readonly LoopbackServer _server;
    private readonly Metadata _metadata;
    private InterruptionWatch _watch;
    private Task _watching = Task.CompletedTask;
    private string? _id;

    public InterruptionTests()
    {
        _server = LoopbackServer.For(_instance);
        _metadata = new Metadata(_server.Endpoint, _clock);
        _watch = WatchOn(_metadata);
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private int Looks => _instance.Requests.Count(request => request.EndsWith("/target-lifecycle-state", StringComparison.Ordinal));

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _watching;
        _end.Dispose();
        _metadata.Dispose();
        await _server.DisposeAsync();
    }

    [Fact(Timeout = Limit)]
    public async Task A_Spot_interruption_is_heard_with_its_action_and_time()
    {
        _instance.InterruptAt(At);
        await LookAsync();
        _heard.ShouldBe([new SpotInterruption("terminate", At)]);
        _heard[0].Words.ShouldBe("a Spot interruption at 12:00:05Z");
    }

    [Fact(Timeout = Limit)]
    public async Task A_rebalance_recommendation_is_heard()
    {
        _instance.RecommendRebalance(At);
        await LookAsync();
        _heard.ShouldBe([new RebalanceRecommendation(At)]);
    }

    [Theory(Timeout = Limit)]
    [InlineData("Terminated", true)]
    [InlineData("Stopped", true)]
    [InlineData("Hibernated", true)]
    [InlineData("Warmed:Stopped", true)]
    [InlineData("InService", false)]
    [InlineData("Standby", false)]
    [InlineData("Detached", false)]
    public async Task Of_the_groups_states_those_that_end_the_instance_are_heard(string state, bool isHeard)
    {
        _instance.SetTargetState(state);
        await LookAsync();
        _heard.ShouldBe(isHeard ? [new LeavesService(state)] : []);
    }

    [Theory(Timeout = Limit)]
    [InlineData("<html>proxy</html>")]
    [InlineData("{\"action\":\"terminate\"}")]
    [InlineData("{\"action\":\"terminate\",\"time\":\"soon\"}")]
    [InlineData("[]")]
    public async Task A_notice_that_cannot_be_read_is_none_and_is_mentioned_once(string document)
    {
        _instance["spot/instance-action"] = document;
        _instance.SetTargetState("Terminated");
        await LookAsync();
        await LookAsync();

        _heard.ShouldAllBe(notice => notice is LeavesService);
        _log.Lines.ShouldHaveSingleItem().ShouldStartWith("Warning The instance metadata's spot/instance-action cannot be read: ");
    }

    [Fact(Timeout = Limit)]
    public async Task The_watch_looks_every_five_seconds_and_knows_the_instance()
    {
        Watch();
        await LooksAsync(1);
        _id.ShouldBe(InstanceMetadata.InstanceId);

        _clock.Advance(InterruptionWatch.Interval - TimeSpan.FromTicks(1));
        Looks.ShouldBe(1);
        _clock.Advance(TimeSpan.FromTicks(1));
        await LooksAsync(2);

        _instance.SetTargetState("Terminated");
        _clock.Advance(InterruptionWatch.Interval);
        await Eventually.UntilAsync(() => _heard.Count == 1, TimeSpan.FromSeconds(10), Cancellation);
    }

    [Fact(Timeout = Limit)]
    public async Task A_service_in_trouble_is_no_notice_and_is_mentioned_once_and_when_it_is_over()
    {
        await LookAsync();
        _instance.Trouble = HttpStatusCode.ServiceUnavailable;
        for (var round = 0; round < 10; round++) await LookAsync();
        _log.Lines.ShouldHaveSingleItem().ShouldStartWith("Warning No notice of this instance's end is heard while this lasts: ");

        _instance.Trouble = null;
        await LookAsync();
        await LookAsync();

        _heard.ShouldBeEmpty();
        _log.Lines.Skip(1).ShouldBe(["Information The instance metadata is back"]);
    }

    [Fact(Timeout = Limit)]
    public async Task Off_EC2_it_says_so_once_and_asks_ever_less()
    {
        using var nobody = new Metadata(new Uri($"http://127.0.0.1:{FreePort.Find()}/"), _clock);
        _watch = WatchOn(nobody);
        Watch();
        for (var round = 0; round < 5; round++)
        {
            await Eventually.UntilAsync(() => _clock.WaitingTimers == 1, TimeSpan.FromSeconds(10), Cancellation);
            _clock.Advance(TimeSpan.FromMinutes(5));
        }

        _log.Lines.ShouldHaveSingleItem().ShouldStartWith("Information No notice of this machine's end will be heard");
        _heard.ShouldBeEmpty();
    }

    private InterruptionWatch WatchOn(Metadata metadata) => new(
        metadata, [new SpotMonitor(metadata), new RebalanceMonitor(metadata), new LifecycleMonitor(metadata)], _log, _clock);

    private Task LookAsync() => _watch.LookAsync(HearAsync, Cancellation);

    private void Watch() => _watching = _watch.RunAsync(HearAsync, id => _id = id, new Liveness(_clock), _end.Token);

    // Its delay has begun when the clock has a timer.
    private Task LooksAsync(int count) => Eventually.UntilAsync(
        () => Looks == count && _clock.WaitingTimers == 1, TimeSpan.FromSeconds(10), Cancellation);

    private Task HearAsync(Notice notice, CancellationToken cancellationToken)
    {
        _heard.Add(notice);
        return Task.CompletedTask;
    }
}
