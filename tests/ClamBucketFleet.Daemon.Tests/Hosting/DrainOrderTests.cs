using ClamBucketFleet.Aws.Instance;
using ClamBucketFleet.Daemon.Hosting;
using ClamBucketFleet.Options;
using ClamBucketFleet.TestKit;
using Microsoft.Extensions.Configuration;
using Shouldly;
using Xunit;

namespace ClamBucketFleet.Daemon.Tests.Hosting;

public sealed class DrainOrderTests : IDisposable
{
    private readonly ManualTimeProvider _clock = new();
    private readonly DrainOrder _order;

    public DrainOrderTests()
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(new Dictionary<string, string?> { ["Queue:Url"] = "https://sqs.eu-west-1.amazonaws.com/1/scan" })
            .Build();
        _order = new DrainOrder(new CurrentOptions(FleetOptionsReader.Read(configuration, queueIsRequired: true), _clock), _clock);
    }

    public void Dispose() => _order.Dispose();

    [Fact]
    public void A_stop_gets_the_drain_and_has_no_cause()
    {
        _order.Begin();
        ExpectToEndAfter(TimeSpan.FromSeconds(100));
        _order.Cause.ShouldBeNull();
    }

    [Fact]
    public void A_Spot_instance_gets_the_drain_where_there_is_time_for_it()
    {
        _order.Begin(Interruption(inSeconds: 120)).ShouldBeTrue();
        ExpectToEndAfter(TimeSpan.FromSeconds(100));
        _order.Cause.ShouldBeOfType<SpotInterruption>();
    }

    [Fact]
    public void A_Spot_instance_has_its_work_cut_off_ten_seconds_before_its_end()
    {
        _order.Begin(Interruption(inSeconds: 60));
        ExpectToEndAfter(TimeSpan.FromSeconds(50));
    }

    [Fact]
    public void An_interruption_that_is_over_leaves_no_time()
    {
        _order.Begin(Interruption(inSeconds: 5));
        _order.Left.ShouldBe(TimeSpan.Zero);
        _order.IsOver.IsCancellationRequested.ShouldBeTrue();
    }

    [Fact]
    public void It_begins_once_and_has_the_first_cause()
    {
        _order.Begin(new LeavesService("Terminated")).ShouldBeTrue();
        _clock.Advance(TimeSpan.FromSeconds(30));
        _order.Begin();
        _order.Begin(new LeavesService("Terminated")).ShouldBeFalse();
        _order.Begin(Interruption(inSeconds: 120)).ShouldBeFalse();

        _order.Cause.ShouldBe(new LeavesService("Terminated"));
        ExpectToEndAfter(TimeSpan.FromSeconds(70));
    }

    [Fact]
    public void An_interruption_shortens_a_drain_that_has_begun()
    {
        _order.Begin();
        _clock.Advance(TimeSpan.FromSeconds(20));
        _order.Begin(Interruption(inSeconds: 40)).ShouldBeFalse();
        ExpectToEndAfter(TimeSpan.FromSeconds(30));
        _order.Cause.ShouldBeNull();
    }

    private SpotInterruption Interruption(int inSeconds) => new("terminate", _clock.GetUtcNow() + TimeSpan.FromSeconds(inSeconds));

    private void ExpectToEndAfter(TimeSpan time)
    {
        _order.Left.ShouldBe(time);
        _clock.Advance(time - TimeSpan.FromTicks(1));
        _order.IsOver.IsCancellationRequested.ShouldBeFalse();
        _clock.Advance(TimeSpan.FromTicks(1));
        _order.IsOver.IsCancellationRequested.ShouldBeTrue();
    }
}
