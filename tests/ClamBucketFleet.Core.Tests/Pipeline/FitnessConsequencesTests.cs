using ClamBucketFleet.Core.Tests.Fakes;
using ClamBucketFleet.Messages;
using Shouldly;
using Xunit;

namespace ClamBucketFleet.Core.Tests.Pipeline;

public sealed class FitnessConsequencesTests
{
    private static readonly EngineWrongException Wrong = new("EICAR was not found.");
    private static readonly DefinitionsTooOldException TooOld = new("The definitions are old.");

    private readonly Rig _rig = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = 10_000)]
    public async Task What_was_called_clean_since_the_last_proof_goes_back_when_the_next_one_is_wrong()
    {
        var versioned = Some.Identity("versioned");
        var plain = new ObjectIdentity("bucket", "plain + 1", null, Some.ETag, 5);
        CallClean(versioned);
        CallClean(plain);

        await _rig.Consequences.ProofFailedAsync(Wrong, Token);

        MessageDecoder.Decode(_rig.Queue.Sent.ShouldHaveSingleItem()).ShouldBe(
        [
            new ObjectRef("bucket", "versioned", "v1"),
            new ObjectRef("bucket", "plain + 1", null, Some.ETag),
        ]);
    }

    [Fact(Timeout = 10_000)]
    public async Task What_a_proof_has_confirmed_does_not_go_back()
    {
        CallClean(Some.Identity("before"));
        await PassAsync();
        CallClean(Some.Identity("after"));

        await _rig.Consequences.ProofFailedAsync(Wrong, Token);

        MessageDecoder.Decode(_rig.Queue.Sent.ShouldHaveSingleItem()).ShouldHaveSingleItem().Key.ShouldBe("after");
    }

    [Fact(Timeout = 10_000)]
    public async Task Work_that_began_after_the_proof_is_not_confirmed_by_it()
    {
        var proof = _rig.Consequences.ProofBegins();
        CallClean(Some.Identity());
        await _rig.Consequences.ProofPassedAsync(proof, Token);

        await _rig.Consequences.ProofFailedAsync(Wrong, Token);

        _rig.Queue.Sent.Count.ShouldBe(1);
    }

    [Fact(Timeout = 10_000)]
    public async Task Work_in_hand_while_the_engine_was_wrong_goes_back_even_when_it_ends_later()
    {
        var begun = _rig.Consequences.WorkBegins();
        await _rig.Consequences.ProofFailedAsync(Wrong, Token);
        _rig.Consequences.CalledClean(begun, Some.Identity());

        await PassAsync();

        _rig.Queue.Sent.Count.ShouldBe(1);
    }

    [Fact(Timeout = 10_000)]
    public async Task An_engine_that_is_only_away_casts_no_doubt()
    {
        CallClean(Some.Identity());

        await _rig.Consequences.ProofFailedAsync(new ScannerUnavailableException("connection refused"), Token);

        _rig.Queue.Sent.ShouldBeEmpty();
        _rig.Alerts.Taken.ShouldBeEmpty();
    }

    [Fact(Timeout = 10_000)]
    public async Task What_the_queue_does_not_take_is_sent_at_the_next_attempt()
    {
        CallClean(Some.Identity());
        _rig.Queue.SendFailure = () => new ServiceUnreachableException("the queue is away");
        await _rig.Consequences.ProofFailedAsync(Wrong, Token);
        _rig.Queue.SendFailure = () => null;

        await _rig.Consequences.ProofFailedAsync(Wrong, Token);
        await _rig.Consequences.ProofFailedAsync(Wrong, Token);

        _rig.Queue.Sent.Count.ShouldBe(1);
    }

    [Fact(Timeout = 10_000)]
    public async Task Very_many_objects_go_back_in_messages_of_fifty()
    {
        for (var i = 0; i < 120; i++)
            CallClean(Some.Identity($"k{i}"));

        await _rig.Consequences.ProofFailedAsync(Wrong, Token);

        _rig.Queue.Sent.Select(body => MessageDecoder.Decode(body).Count).ShouldBe([50, 50, 20]);
    }

    [Theory(Timeout = 10_000)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_unfit_fleet_is_alerted_once_and_once_when_it_is_over(bool tooOld)
    {
        Exception reason = tooOld ? TooOld : Wrong;
        await _rig.Consequences.ProofFailedAsync(reason, Token);
        await _rig.Consequences.ProofFailedAsync(reason, Token);
        await PassAsync();
        await PassAsync();

        _rig.Alerts.Taken.Select(alert => (alert.Status, alert.Bucket, alert.Error)).ShouldBe(
        [
            (Statuses.ProcessingError, "", $"No work is taken: {reason.Message}"),
            (Statuses.ProcessingError, "", $"Over: {reason.Message} Work goes on."),
        ]);
    }

    [Fact(Timeout = 10_000)]
    public async Task An_alert_on_the_fleet_that_was_not_taken_is_tried_again()
    {
        await _rig.Consequences.ProofFailedAsync(TooOld, Token);
        _rig.Alerts.Failure = _ => new ServiceUnreachableException("the topic is away");
        await _rig.Consequences.ProofFailedAsync(TooOld, Token);
        _rig.Alerts.Failure = _ => null;

        await _rig.Consequences.ProofFailedAsync(TooOld, Token);

        _rig.Alerts.Taken.Count.ShouldBe(1);
    }

    [Fact(Timeout = 10_000)]
    public async Task A_first_look_that_fails_before_anything_was_called_clean_is_not_worth_an_alert()
    {
        await _rig.Consequences.ProofFailedAsync(Wrong, Token);
        await PassAsync();

        _rig.Alerts.Taken.ShouldBeEmpty();
    }

    [Fact(Timeout = 10_000)]
    public async Task A_wrong_answer_met_in_a_scan_casts_doubt_even_when_the_next_proof_is_right()
    {
        await using var running = new RunningWorker(_rig);
        _rig.Queue.Send(Some.Message("m1", Some.Request("k")));
        await _rig.RunClockUntilAsync(() => _rig.Queue.Deleted.Contains("m1"), Token);

        _rig.Engine.OnScan = (_, _) =>
        {
            _rig.Engine.OnScan = (_, _) => Task.CompletedTask;
            throw Wrong;
        };
        _rig.Queue.Send(Some.Message("m2", Some.Request("other")));
        await _rig.RunClockUntilAsync(() => !_rig.Queue.Sent.IsEmpty, Token);

        MessageDecoder.Decode(_rig.Queue.Sent.First()).ShouldHaveSingleItem().Key.ShouldBe("k");
    }

    [Fact]
    public void Alerts_on_the_fleet_have_an_id_each()
    {
        var factory = new AlertFactory("i-0abc", _rig.Clock);
        var first = factory.OfFleet("No work is taken.");
        _rig.Clock.Advance(TimeSpan.FromHours(1));

        factory.OfFleet("No work is taken.").Id.ShouldNotBe(first.Id);
        new AlertFactory("i-0def", _rig.Clock).OfFleet("No work is taken.").Id.ShouldNotBe(factory.OfFleet("No work is taken.").Id);
    }

    [Fact(Timeout = 10_000)]
    public async Task Objects_that_get_no_turn_at_the_last_delivery_are_alerted_too()
    {
        await using var running = new RunningWorker(_rig);
        await _rig.Fitness.WaitUntilFitAsync(Token);
        _rig.Engine.OnScan = (_, _) => throw new ScannerUnavailableException("the socket is gone");

        _rig.Queue.Send(Some.Message("m1", Some.Request("a", "b", "c"), receiveCount: 3));
        await _rig.RunClockUntilAsync(() => _rig.Alerts.Taken.Count >= 3, Token);

        _rig.Alerts.Taken.Select(alert => (alert.Key, alert.Status)).ShouldBe(
            [("a", Statuses.ProcessingError), ("b", Statuses.ProcessingError), ("c", Statuses.ProcessingError)]);
    }

    [Fact(Timeout = 10_000)]
    public async Task Clean_objects_of_the_worker_go_back_when_its_engine_turns_out_wrong()
    {
        await using var running = new RunningWorker(_rig);
        _rig.Queue.Send(Some.Message("m1", Some.Request("k")));
        await _rig.RunClockUntilAsync(() => _rig.Queue.Deleted.Contains("m1"), Token);

        _rig.SelfTest = _ => throw Wrong;
        await _rig.RunClockUntilAsync(() => !_rig.Queue.Sent.IsEmpty, Token, seconds: 20);

        MessageDecoder.Decode(_rig.Queue.Sent.First()).ShouldHaveSingleItem().Key.ShouldBe("k");
        _rig.Fitness.Unfitness.ShouldBe(Wrong.Message);
    }

    [Fact]
    public void An_alert_on_the_fleet_reads_well_without_an_object()
    {
        var alert = new AlertFactory("i-0abc", _rig.Clock).OfFleet("No work is taken: the definitions are old.");

        AlertRenderer.Subject(alert).ShouldBe("Scanner: No work is taken: the definitions are old.");
        AlertRenderer.Text(alert).ShouldStartWith("This is about the scanner on an instance, not about an object.");
        AlertRenderer.Text(alert).ShouldNotContain("Bucket:");
    }

    private void CallClean(ObjectIdentity content) =>
        _rig.Consequences.CalledClean(_rig.Consequences.WorkBegins(), content);

    private Task PassAsync() => _rig.Consequences.ProofPassedAsync(_rig.Consequences.ProofBegins(), Token);
}
