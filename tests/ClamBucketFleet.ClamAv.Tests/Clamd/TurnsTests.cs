using Shouldly;

namespace ClamBucketFleet.ClamAv.Tests;

public sealed class TurnsTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = 10_000)]
    public async Task Each_takes_what_it_needs_in_the_order_of_arrival()
    {
        var turns = new Turns(3);
        await turns.TakeAsync(2, Token);
        var many = turns.TakeAsync(3, Token);
        var one = turns.TakeAsync(1, Token);
        turns.TryTake(1).ShouldBeFalse();
        (many.IsCompleted, one.IsCompleted, turns.Free).ShouldBe((false, false, 1));

        turns.Release(2);
        await many;
        (one.IsCompleted, turns.Free).ShouldBe((false, 0));

        turns.Release(3);
        await one;
        turns.Free.ShouldBe(2);
        turns.TryTake(2).ShouldBeTrue();
        turns.TryTake(1).ShouldBeFalse();
    }

    [Fact(Timeout = 10_000)]
    public async Task Who_gives_up_lets_those_behind_go_and_takes_nothing()
    {
        var turns = new Turns(3);
        await turns.TakeAsync(2, Token);
        using var stop = new CancellationTokenSource();
        var many = turns.TakeAsync(3, stop.Token);
        var one = turns.TakeAsync(1, Token);

        await stop.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(many);
        await one;
        turns.Free.ShouldBe(0);
        turns.Release(3);
        turns.Free.ShouldBe(3);
    }

    [Fact(Timeout = 10_000)]
    public async Task Who_has_given_up_already_waits_for_nothing()
    {
        var turns = new Turns(1);
        await turns.TakeAsync(1, Token);

        await Should.ThrowAsync<OperationCanceledException>(turns.TakeAsync(1, new CancellationToken(canceled: true)));
        turns.Release(1);
        turns.Free.ShouldBe(1);
    }
}
