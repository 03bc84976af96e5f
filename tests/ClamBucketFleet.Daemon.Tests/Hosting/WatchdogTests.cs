using System.Globalization;
using ClamBucketFleet.Daemon.Hosting;
using ClamBucketFleet.Pipeline;
using ClamBucketFleet.TestKit;
using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;
using Xunit;

namespace ClamBucketFleet.Daemon.Tests.Hosting;

public sealed class WatchdogTests : IAsyncDisposable
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(8);

    private readonly ManualTimeProvider _clock = new();
    private readonly RecordingNotifier _systemd = new();
    private readonly Liveness _liveness;
    private readonly CancellationTokenSource _end = new();
    private Task _running = Task.CompletedTask;

    public WatchdogTests() => _liveness = new Liveness(_clock);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _running;
        _end.Dispose();
    }

    [Fact(Timeout = 10_000)]
    public async Task It_is_fed_at_half_the_interval_while_everything_is_heard_of()
    {
        Start(TimeSpan.FromMinutes(1));

        for (var feeds = 1; feeds <= 4; feeds++)
        {
            await FedAsync(feeds);
            _clock.Advance(TimeSpan.FromSeconds(29));
            _systemd.States.Count.ShouldBe(feeds);
            _clock.Advance(TimeSpan.FromSeconds(1));
        }

        _systemd.States.ShouldAllBe(state => state == "WATCHDOG=1");
    }

    [Fact(Timeout = 10_000)]
    public async Task It_is_not_fed_while_something_hangs_and_fed_a_second_after_it_is_back()
    {
        using var pulse = _liveness.Watch("The receive loop");
        pulse.Begins("receiving", TimeSpan.FromSeconds(45));
        Start(TimeSpan.FromMinutes(1));
        await FedAsync(1);
        _clock.Advance(TimeSpan.FromSeconds(30));
        await FedAsync(2);

        for (var seconds = 0; seconds < 120; seconds++)
        {
            await WaitsAsync();
            _clock.Advance(TimeSpan.FromSeconds(1));
        }

        _systemd.States.Count.ShouldBe(2);

        await WaitsAsync();
        pulse.Begins("receiving", TimeSpan.FromHours(1));
        _clock.Advance(TimeSpan.FromSeconds(1));
        await FedAsync(3);
    }

    [Fact(Timeout = 10_000)]
    public async Task A_systemd_that_does_not_take_it_once_is_told_again()
    {
        _systemd.IsDeaf = true;
        Start(TimeSpan.FromMinutes(1));
        await FedAsync(1);

        _clock.Advance(TimeSpan.FromSeconds(30));

        await FedAsync(2);
    }

    [Fact(Timeout = 10_000)]
    public async Task Without_a_watchdog_nobody_is_fed()
    {
        Start(null);

        await _running;

        _systemd.States.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("60000000", null, 60_000.0)]
    [InlineData("60000000", "", 60_000.0)]
    [InlineData("60000000", "self", 60_000.0)]
    [InlineData("60000000", "1", null)]
    [InlineData("60000000", "x", null)]
    [InlineData("1500", null, 1.5)]
    [InlineData(null, null, null)]
    [InlineData("", null, null)]
    [InlineData("0", null, null)]
    [InlineData("-1", null, null)]
    [InlineData("9223372036854775807", null, null)]
    [InlineData("1e6", null, null)]
    public void The_unit_says_how_often_and_to_whom(string? microseconds, string? processId, double? milliseconds)
    {
        if (processId == "self")
            processId = Environment.ProcessId.ToString(CultureInfo.InvariantCulture);

        WatchdogLimit.Of(microseconds, processId).Time?.TotalMilliseconds.ShouldBe(milliseconds!.Value);
        (WatchdogLimit.Of(microseconds, processId).Time is null).ShouldBe(milliseconds is null);
    }

    private void Start(TimeSpan? limit) => _running = new Watchdog(
        new ServiceManager(_systemd, NullLogger<ServiceManager>.Instance), _liveness, new WatchdogLimit(limit), _clock)
        .RunAsync(_end.Token);

    private async Task FedAsync(int feeds)
    {
        await Eventually.UntilAsync(() => _systemd.States.Count == feeds, Soon, Token);
        await WaitsAsync();
    }

    private Task WaitsAsync() => Eventually.UntilAsync(() => _clock.WaitingTimers == 1, Soon, Token);
}
