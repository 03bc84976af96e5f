using ClamBucketFleet.Core.Tests.Fakes;
using ClamBucketFleet.Pipeline;
using ClamBucketFleet.TestKit;
using Shouldly;
using Xunit;

namespace ClamBucketFleet.Core.Tests.Pipeline;

public sealed class WorkPlacesTests
{
    private const int Processors = 2;

    private readonly ManualTimeProvider _clock = new(Some.Now);
    private ScanLoad _load = new(Wanted: 3, Ready: 0);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = 10_000)]
    public async Task A_starving_engine_gets_one_more_for_each_message_that_ends()
    {
        var places = Chosen();
        await RunAsync(places, messages: 5);

        places.Count.ShouldBe(8 + 5);
    }

    [Theory(Timeout = 10_000)]
    [InlineData(1, 64)]
    [InlineData(2, 128)]
    [InlineData(32, WorkPlaces.Most)]
    public async Task There_is_a_most_for_each_processor_and_for_all(int processors, int most)
    {
        var places = new WorkPlaces(0, processors, () => _load, _clock);
        await RunAsync(places, messages: 300);

        places.Count.ShouldBe(most);
    }

    [Fact(Timeout = 10_000)]
    public async Task A_fed_engine_gets_no_more_and_a_stuffed_one_less()
    {
        var places = Chosen();
        await RunAsync(places, messages: 5);
        _load = _load with { Ready = 6 };
        await RunAsync(places, messages: 5);
        places.Count.ShouldBe(13);

        _load = _load with { Ready = 7 };
        for (var i = 0; i < 12; i++)
            (await places.TakeAsync(1, Token)).ShouldBe(1);
        for (var i = 0; i < 12; i++)
            places.Use().Dispose();
        places.Count.ShouldBe(8);
    }

    [Fact(Timeout = 10_000)]
    public async Task A_queue_that_gives_fewer_than_there_are_places_adds_none()
    {
        var places = Chosen();
        (await places.TakeAsync(10, Token)).ShouldBe(8);
        for (var i = 0; i < 5; i++)
            places.Use().Dispose();

        places.Count.ShouldBe(8);
    }

    [Fact(Timeout = 10_000)]
    public async Task A_number_that_was_set_is_kept()
    {
        var places = new WorkPlaces(3, Processors, () => _load, _clock);
        await RunAsync(places, messages: 20);

        places.Count.ShouldBe(3);
    }

    [Theory(Timeout = 10_000)]
    [InlineData(100, 200)]
    [InlineData(200, WorkPlaces.Most)]
    public async Task An_engine_that_takes_many_at_once_gets_as_many_and_more_while_it_is_at_work(int wanted, int most)
    {
        _load = new ScanLoad(wanted, Ready: 0);
        var places = Chosen();
        places.Count.ShouldBe(wanted);

        await RunAsync(places, messages: 300);
        places.Count.ShouldBe(most);
    }

    [Fact(Timeout = 10_000)]
    public async Task What_is_confirmed_leaves_no_more_places_behind_than_there_may_be()
    {
        _load = _load with { Confirming = 1000 };
        var places = new WorkPlaces(0, 32, () => _load, _clock);
        await RunAsync(places, messages: 300);
        places.Count.ShouldBe(WorkPlaces.Most);

        _load = _load with { Confirming = 0 };
        places.Count.ShouldBe(64);
    }

    [Fact(Timeout = 10_000)]
    public async Task A_fed_engine_waits_for_ten_and_not_for_long()
    {
        _load = new ScanLoad(Wanted: 3, Ready: 3);
        var places = new WorkPlaces(0, 4, () => _load, _clock);
        (await places.TakeAsync(16, Token)).ShouldBe(16);
        places.Use().Dispose();

        var taking = places.TakeAsync(10, Token);
        await Eventually.UntilAsync(() => _clock.WaitingTimers > 0, TimeSpan.FromSeconds(8), Token);
        taking.IsCompleted.ShouldBeFalse();
        for (var i = 0; i < 9; i++)
            places.Use().Dispose();
        (await taking).ShouldBe(10);

        places.Use().Dispose();
        var few = places.TakeAsync(10, Token);
        await Eventually.UntilAsync(() => _clock.WaitingTimers > 0, TimeSpan.FromSeconds(8), Token);
        few.IsCompleted.ShouldBeFalse();
        _clock.Advance(TimeSpan.FromMilliseconds(100));
        (await few).ShouldBe(1);
    }

    [Fact(Timeout = 10_000)]
    public async Task Whoever_waits_for_ten_where_one_is_free_adds_none()
    {
        _load = new ScanLoad(Wanted: 3, Ready: 3);
        var places = Chosen();
        (await places.TakeAsync(7, Token)).ShouldBe(7);
        var taking = places.TakeAsync(10, Token);
        await Eventually.UntilAsync(() => _clock.WaitingTimers > 0, TimeSpan.FromSeconds(8), Token);

        _load = _load with { Ready = 0 };
        places.Use().Dispose();
        (await taking).ShouldBe(2);
        places.Count.ShouldBe(8);
    }

    [Fact(Timeout = 10_000)]
    public async Task What_only_waits_for_its_answer_to_be_confirmed_takes_no_place()
    {
        var places = Chosen();
        (await places.TakeAsync(10, Token)).ShouldBe(8);
        var taking = places.TakeAsync(10, Token);
        await Eventually.UntilAsync(() => _clock.WaitingTimers > 0, TimeSpan.FromSeconds(8), Token);
        taking.IsCompleted.ShouldBeFalse();

        _load = _load with { Confirming = 5 };
        _clock.Advance(TimeSpan.FromMilliseconds(10));
        (await taking).ShouldBe(5);
        places.Count.ShouldBe(13);
        _load = _load with { Confirming = 1000 };
        places.Count.ShouldBe(WorkPlaces.Most);
    }

    [Fact(Timeout = 10_000)]
    public async Task An_engine_that_becomes_hungry_is_noticed_though_no_message_ends()
    {
        _load = new ScanLoad(Wanted: 3, Ready: 3);
        var places = Chosen();
        (await places.TakeAsync(7, Token)).ShouldBe(7);
        var taking = places.TakeAsync(10, Token);
        await Eventually.UntilAsync(() => _clock.WaitingTimers > 0, TimeSpan.FromSeconds(8), Token);
        _clock.Advance(TimeSpan.FromMilliseconds(10));
        await Eventually.UntilAsync(() => _clock.WaitingTimers > 0, TimeSpan.FromSeconds(8), Token);
        taking.IsCompleted.ShouldBeFalse();

        _load = _load with { Ready = 0 };
        _clock.Advance(TimeSpan.FromMilliseconds(10));
        (await taking).ShouldBe(1);
    }

    [Fact(Timeout = 10_000)]
    public async Task A_place_that_is_lent_is_another_messages_and_comes_back_once()
    {
        var places = new WorkPlaces(1, Processors, () => _load, _clock);
        (await places.TakeAsync(10, Token)).ShouldBe(1);
        var large = places.Use();
        large.Lend();
        large.Lend();
        (await places.TakeAsync(10, Token)).ShouldBe(1);

        large.Dispose();
        large.Dispose();
        places.TakeAsync(10, Token).IsCompleted.ShouldBeFalse();
    }

    [Fact(Timeout = 10_000)]
    public async Task Sixteen_are_lent_and_no_more()
    {
        var places = new WorkPlaces(1, Processors, () => _load, _clock);
        for (var i = 0; i < 16; i++)
        {
            (await places.TakeAsync(1, Token)).ShouldBe(1);
            places.Use().Lend();
        }

        (await places.TakeAsync(1, Token)).ShouldBe(1);
        places.Use().Lend();
        places.TakeAsync(1, Token).IsCompleted.ShouldBeFalse();
    }

    private WorkPlaces Chosen() => new(0, Processors, () => _load, _clock);

    // All places are taken, and the receive loop waits for one, whenever a message ends.
    private static async Task RunAsync(WorkPlaces places, int messages)
    {
        var held = new Queue<WorkPlace>();
        using var stop = new CancellationTokenSource();
        for (var ended = 0; ended <= messages; ended++)
        {
            Task<int> taking;
            while ((taking = places.TakeAsync(1, stop.Token)).IsCompletedSuccessfully)
                held.Enqueue(places.Use());
            if (ended < messages)
            {
                held.Dequeue().Dispose();
                (await taking).ShouldBe(1);
                held.Enqueue(places.Use());
            }
            else
            {
                await stop.CancelAsync();
            }
        }

        while (held.TryDequeue(out var place))
            places.Release(1);
    }
}
