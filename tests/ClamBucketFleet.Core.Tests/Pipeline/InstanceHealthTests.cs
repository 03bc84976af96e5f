using ClamBucketFleet.Core.Tests.Fakes;
using ClamBucketFleet.Pipeline;
using Shouldly;
using Xunit;

namespace ClamBucketFleet.Core.Tests.Pipeline;

public sealed class InstanceHealthTests : IAsyncDisposable
{
    private readonly CancellationTokenSource _end = new();
    private readonly Rig _rig = new();
    private readonly FakeGroup _group = new();
    private readonly InstanceHealth _health;
    private Task _watch = Task.CompletedTask;

    public InstanceHealthTests() => _health = new InstanceHealth(
        _rig.Consequences, _group, new CollectingLogger<InstanceHealth>(_rig.Lines), _rig.Clock);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _watch;
        _end.Dispose();
    }

    [Fact(Timeout = 30_000)]
    public async Task An_instance_whose_engine_is_gone_for_a_quarter_of_an_hour_is_replaced_once()
    {
        _rig.Engine.Broken = new ScannerUnavailableException("Nothing listens");
        var start = _rig.Clock.GetUtcNow();
        Watch();

        await _rig.RunClockUntilAsync(() => _group.Reports > 0, Token, seconds: 300);
        (_rig.Clock.GetUtcNow() - start).ShouldBeGreaterThanOrEqualTo(InstanceHealth.Patience);
        await _rig.RunClockUntilAsync(() => _rig.Clock.GetUtcNow() - start > 3 * InstanceHealth.Patience, Token, seconds: 600);

        _group.Reports.ShouldBe(1);
        _rig.Lines.Single(line => line.Event == 27).Text.ShouldEndWith("to replace this instance (Nothing listens)");
    }

    [Fact(Timeout = 10_000)]
    public async Task An_engine_that_fails_its_self_test_for_so_long_is_a_reason_too()
    {
        await FailAsync(new EngineWrongException("CLEAN to the EICAR test file"), InstanceHealth.Patience);
        _group.Reports.ShouldBe(1);
    }

    [Fact(Timeout = 10_000)]
    public async Task A_moment_less_is_no_reason()
    {
        await FailAsync(new ScannerUnavailableException("gone"), InstanceHealth.Patience - TimeSpan.FromTicks(1));
        _group.Reports.ShouldBe(0);
    }

    [Fact(Timeout = 10_000)]
    public async Task An_engine_that_was_fit_in_between_has_its_time_anew()
    {
        await FailAsync(new ScannerUnavailableException("gone"), InstanceHealth.Patience / 2);
        await _health.ProofPassedAsync(_health.ProofBegins(), Token);

        await FailAsync(new ScannerUnavailableException("gone"), InstanceHealth.Patience - TimeSpan.FromTicks(1));
        _group.Reports.ShouldBe(0);
    }

    [Fact(Timeout = 10_000)]
    public async Task What_a_new_instance_would_have_as_well_is_no_reason_for_one()
    {
        await FailAsync(new DefinitionsTooOldException("The definitions are old."), 3 * InstanceHealth.Patience);
        await FailAsync(new EngineWrongException("clamd.conf") { IsEverywhere = true }, 3 * InstanceHealth.Patience);
        _group.Reports.ShouldBe(0);
    }

    [Fact(Timeout = 10_000)]
    public async Task A_group_that_cannot_be_told_is_told_again_a_minute_later()
    {
        _group.Failure = new ServiceUnreachableException("throttled");
        await FailAsync(new ScannerUnavailableException("gone"), InstanceHealth.Patience);
        await FailAsync(new ScannerUnavailableException("gone"), TimeSpan.FromSeconds(30));
        _group.Reports.ShouldBe(1);

        _group.Failure = null;
        await FailAsync(new ScannerUnavailableException("gone"), TimeSpan.FromMinutes(1));
        await FailAsync(new ScannerUnavailableException("gone"), TimeSpan.FromMinutes(5));

        _group.Reports.ShouldBe(2);
        _rig.Lines.Single(line => line.Event == 28).Text.ShouldEndWith("throttled");
        _rig.Lines.Count(line => line.Event == 27).ShouldBe(1);
    }

    [Fact(Timeout = 10_000)]
    public async Task A_machine_in_no_group_says_once_that_nobody_replaces_it()
    {
        _group.IsMember = false;
        await FailAsync(new ScannerUnavailableException("gone"), InstanceHealth.Patience);
        await FailAsync(new ScannerUnavailableException("gone"), InstanceHealth.Patience);

        _rig.Lines.Count(line => line.Event == 29).ShouldBe(1);
        _rig.Lines.ShouldNotContain(line => line.Event == 27);
    }

    [Fact(Timeout = 10_000)]
    public async Task What_a_wrong_engine_called_clean_goes_back_all_the_same()
    {
        _rig.Consequences.CalledClean(_rig.Consequences.WorkBegins(), Some.Identity());
        await _health.ProofFailedAsync(new EngineWrongException("wrong"), Token);
        _rig.Queue.Sent.Count.ShouldBe(1);
    }

    // The same failure at the begin and at the end of the time.
    private async Task FailAsync(Exception reason, TimeSpan during)
    {
        await _health.ProofFailedAsync(reason, Token);
        _rig.Clock.Advance(during);
        await _health.ProofFailedAsync(reason, Token);
    }

    private void Watch() => _watch = _rig.Fitness.RunAsync(_health, _rig.Liveness, _end.Token);
}
