using ClamBucketFleet.Core.Tests.Fakes;
using Shouldly;
using Xunit;

namespace ClamBucketFleet.Core.Tests.Pipeline;

public sealed class ScannerFitnessTests : IAsyncDisposable
{
    private readonly CancellationTokenSource _end = new();
    private readonly Rig _rig = new();
    private int _selfTests;
    private Task _watch = Task.CompletedTask;

    public ScannerFitnessTests() => _rig.SelfTest = _ =>
    {
        Interlocked.Increment(ref _selfTests);
        return Task.CompletedTask;
    };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _watch;
        _end.Dispose();
    }

    [Fact]
    public void An_engine_that_nobody_asked_is_unfit()
    {
        _rig.Fitness.Unfitness.ShouldNotBeNull();
        _rig.Fitness.WaitUntilFitAsync(Token).IsCompleted.ShouldBeFalse();
    }

    [Fact(Timeout = 10_000)]
    public async Task An_engine_that_proved_itself_is_fit()
    {
        Watch();

        await _rig.Fitness.WaitUntilFitAsync(Token);

        _selfTests.ShouldBe(1);
        _rig.Fitness.Engine.ShouldBe(Some.Engine);
        await Rig.UntilAsync(() => _rig.Lines.Any(line => line.Event == 21), Token);
    }

    [Fact(Timeout = 10_000)]
    public async Task An_engine_that_comes_is_asked_at_once_whatever_pause_it_is_in()
    {
        _rig.Engine.Broken = new ScannerUnavailableException("no socket");
        Watch();
        await Rig.UntilAsync(() => _rig.Fitness.Unfitness == "no socket" && _rig.Clock.WaitingTimers > 0, Token);

        _rig.Engine.Broken = null;
        _rig.Engine.Answered.SetResult();

        // The clock stands still: no pause can have run out.
        await _rig.Fitness.WaitUntilFitAsync(Token);
        _selfTests.ShouldBe(1);
    }

    [Fact(Timeout = 10_000)]
    public async Task An_engine_that_fails_where_it_should_answer_gets_its_pause()
    {
        _rig.Engine.Broken = new ScannerUnavailableException("no socket");
        _rig.Engine.Answered.SetException(new TryAgainException("no answer"));
        Watch();
        await Rig.UntilAsync(() => _rig.Fitness.Unfitness == "no socket" && _rig.Clock.WaitingTimers > 0, Token);
        await Rig.UntilAsync(() => _rig.Engine.Described > 0, Token);
        _rig.Engine.Described.ShouldBe(1);

        await _rig.RunClockUntilAsync(() => _rig.Engine.Described >= 2, Token);
    }

    [Fact(Timeout = 10_000)]
    public async Task Old_definitions_are_unfit_and_the_reason_is_said_once()
    {
        _rig.Engine.Info = Some.Engine with { DefinitionsPublished = Some.Now - TimeSpan.FromDays(2) - TimeSpan.FromTicks(1) };
        Watch();

        await _rig.RunClockUntilAsync(() => _rig.Engine.Described >= 3, Token, seconds: 5);

        _rig.Fitness.Unfitness.ShouldNotBeNull().ShouldContain("older than 2d (Scan:MaxDefinitionsAge)");
        _rig.Lines.Count(line => line.Event == 20).ShouldBe(1);
        _selfTests.ShouldBe(0);
    }

    [Fact(Timeout = 10_000)]
    public async Task Definitions_grow_old_while_it_works_and_new_ones_make_it_fit_again()
    {
        Watch();
        await _rig.Fitness.WaitUntilFitAsync(Token);

        _rig.Clock.Advance(TimeSpan.FromDays(2));
        await Rig.UntilAsync(() => _rig.Fitness.Unfitness is not null, Token);

        var before = _selfTests;

        _rig.Engine.Info = Some.Engine with { DefinitionsVersion = "27801", DefinitionsPublished = _rig.Clock.GetUtcNow() };
        await _rig.RunClockUntilAsync(() => _rig.Fitness.Unfitness is null, Token);
        _selfTests.ShouldBeGreaterThan(before);
    }

    [Fact(Timeout = 10_000)]
    public async Task A_new_limit_of_age_holds_from_the_next_look()
    {
        _rig.Engine.Info = Some.Engine with { DefinitionsPublished = Some.Now - TimeSpan.FromDays(3) };
        Watch();
        await Rig.UntilAsync(() => _rig.Fitness.Unfitness?.Contains("older than 2d", StringComparison.Ordinal) is true, Token);

        _rig.Current.Replace(Some.Options(("Scan:MaxDefinitionsAge", "4d")));

        await _rig.RunClockUntilAsync(() => _rig.Fitness.Unfitness is null, Token);
    }

    [Fact(Timeout = 10_000)]
    public async Task An_engine_without_definitions_is_not_wrong_but_unavailable()
    {
        _rig.Engine.Info = new EngineInfo("clamd", "ClamAV 1.4.6", null, null);
        _rig.SelfTest = _ => throw new EngineWrongException("CLEAN to the EICAR test file");

        var refused = await Should.ThrowAsync<ScannerUnavailableException>(_rig.Fitness.ProveAsync(Token));

        refused.ShouldNotBeOfType<EngineWrongException>();
        refused.Message.ShouldBe("There are no virus definitions in /var/lib/clamav yet: freshclam brings them.");
    }

    [Fact(Timeout = 10_000)]
    public async Task An_engine_that_was_right_and_has_lost_its_definitions_is_wrong()
    {
        await _rig.Fitness.ProveAsync(Token);
        _rig.Engine.Info = new EngineInfo("clamd", "ClamAV 1.4.6", null, null);
        _rig.SelfTest = _ => throw new EngineWrongException("CLEAN to the EICAR test file");

        await Should.ThrowAsync<EngineWrongException>(_rig.Fitness.ProveAsync(Token));
    }

    [Fact(Timeout = 10_000)]
    public async Task An_engine_that_misses_EICAR_is_unfit()
    {
        _rig.SelfTest = _ => throw new ScannerUnavailableException("EICAR was not found");
        Watch();

        await Rig.UntilAsync(() => _rig.Fitness.Unfitness == "EICAR was not found", Token);
        _rig.Fitness.Engine.ShouldBeNull();
    }

    [Fact(Timeout = 10_000)]
    public async Task Without_self_test_an_answer_is_enough()
    {
        var rig = new Rig(("Scan:SelfTest", "false")) { SelfTest = _ => throw new ScannerUnavailableException("asked") };

        await rig.Fitness.ProveAsync(Token);

        rig.Fitness.Engine.ShouldBe(Some.Engine);
    }

    [Fact(Timeout = 10_000)]
    public async Task New_definitions_have_to_prove_themselves()
    {
        Watch();
        await _rig.Fitness.WaitUntilFitAsync(Token);
        _rig.Engine.Info = Some.Engine with { DefinitionsVersion = "27801" };

        await _rig.RunClockUntilAsync(() => _selfTests == 2, Token, seconds: 10);

        (_rig.Clock.GetUtcNow() - Some.Now).ShouldBeLessThan(TimeSpan.FromMinutes(2));
        await Rig.UntilAsync(() => _rig.Fitness.Engine!.DefinitionsVersion == "27801", Token);
    }

    [Fact(Timeout = 10_000)]
    public async Task A_fit_engine_proves_itself_every_five_minutes()
    {
        Watch();
        await _rig.Fitness.WaitUntilFitAsync(Token);

        await _rig.RunClockUntilAsync(() => _rig.Engine.Described >= 4, Token, seconds: 20);
        _selfTests.ShouldBe(1);

        await _rig.RunClockUntilAsync(() => _selfTests == 2, Token, seconds: 20);
        (_rig.Clock.GetUtcNow() - Some.Now).ShouldBeGreaterThanOrEqualTo(TimeSpan.FromMinutes(5));
    }

    [Fact(Timeout = 10_000)]
    public async Task A_report_makes_it_unfit_until_it_has_proved_itself()
    {
        Watch();
        await _rig.Fitness.WaitUntilFitAsync(Token);

        _rig.Fitness.ReportUnavailable("the socket is gone");

        _rig.Lines.ShouldContain(line => line.Event == 20 && line.Text.Contains("the socket is gone", StringComparison.Ordinal));
        await _rig.Fitness.WaitUntilFitAsync(Token);
        _selfTests.ShouldBe(2);
    }

    [Fact(Timeout = 10_000)]
    public async Task A_report_that_comes_during_a_look_is_not_forgotten()
    {
        Watch();
        await _rig.Fitness.WaitUntilFitAsync(Token);
        _rig.Engine.OnDescribe = _ =>
        {
            _rig.Engine.OnDescribe = _ => Task.CompletedTask;
            _rig.Fitness.ReportUnavailable("the socket is gone");
            return Task.CompletedTask;
        };

        await _rig.RunClockUntilAsync(() => _rig.Engine.Described >= 2, Token, seconds: 10);

        await Rig.UntilAsync(() => _selfTests == 2, Token);
        await _rig.Fitness.WaitUntilFitAsync(Token);
    }

    [Theory(Timeout = 10_000)]
    [InlineData("clamd", 1, "within 1m")]
    // clamscan loads its definitions first, and auto may have turned to it.
    [InlineData("clamscan", 11, "within 11m")]
    [InlineData("auto", 11, "within 11m")]
    public async Task A_self_test_that_hangs_ends_when_the_engine_has_had_its_time(string engine, int minutes, string told)
    {
        var rig = new Rig(("Scan:Engine", engine));
        rig.SelfTest = ct => Task.Delay(Timeout.InfiniteTimeSpan, rig.Clock, ct);
        var proof = rig.Fitness.ProveAsync(Token);

        rig.Clock.Advance(TimeSpan.FromMinutes(minutes) - TimeSpan.FromSeconds(1));
        proof.IsCompleted.ShouldBeFalse();
        rig.Clock.Advance(TimeSpan.FromSeconds(1));

        (await Should.ThrowAsync<ScannerUnavailableException>(proof)).Message.ShouldContain(told);
    }

    [Fact(Timeout = 10_000)]
    public async Task An_engine_that_hangs_while_it_is_watched_becomes_unfit()
    {
        Watch();
        await _rig.Fitness.WaitUntilFitAsync(Token);
        _rig.Engine.OnDescribe = ct => Task.Delay(Timeout.InfiniteTimeSpan, _rig.Clock, ct);

        await _rig.RunClockUntilAsync(() => _rig.Fitness.Unfitness is not null, Token, seconds: 20);

        _rig.Fitness.Unfitness.ShouldNotBeNull().ShouldContain("did not answer");
    }

    [Theory(Timeout = 10_000)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Whatever_the_engine_throws_the_watch_goes_on(bool known)
    {
        Watch();
        await _rig.Fitness.WaitUntilFitAsync(Token);
        _rig.Engine.Broken = known ? new TryAgainException("half an answer") : new FormatException("half an answer");

        await _rig.RunClockUntilAsync(() => _rig.Fitness.Unfitness is not null, Token, seconds: 10);
        _rig.Fitness.Unfitness.ShouldNotBeNull().ShouldContain("half an answer");

        _rig.Engine.Broken = null;
        await _rig.RunClockUntilAsync(() => _rig.Fitness.Unfitness is null, Token);
    }

    private void Watch() => _watch = _rig.Fitness.RunAsync(_rig.Consequences, _rig.Liveness, _end.Token);
}
