using System.Text;
using ClamBucketFleet.TestKit;
using Shouldly;

namespace ClamBucketFleet.ClamAv.Tests;

public sealed class ClamdPlacesTests : IDisposable
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(20);

    private readonly ManualTimeProvider _time = new();
    private readonly ClamdPlaces _places;

    public ClamdPlacesTests() => _places = new ClamdPlaces(count: 1, large: 1, _time);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _places.Dispose();

    [Fact(Timeout = 30_000)]
    public async Task A_content_comes_before_there_is_a_place_all_but_its_end()
    {
        await using var first = Held();
        await ReadToEndAsync(first);
        await using var second = Held();
        var buffer = new byte[100];
        (await second.ReadAsync(buffer, Token)).ShouldBe(5);

        var end = second.ReadAsync(buffer, Token).AsTask();
        end.IsCompleted.ShouldBeFalse();
        _places.Load.ShouldBe(new ScanLoad(Wanted: 1, Ready: 1));

        await first.DisposeAsync();
        (await end).ShouldBe(0);
        _places.Load.Ready.ShouldBe(0);
        _places.IsBusy.ShouldBeTrue();
    }

    [Fact(Timeout = 30_000)]
    public async Task No_content_waits_longer_than_clamd_waits_for_it()
    {
        await using var first = Held();
        await ReadToEndAsync(first);
        await using var second = Held();
        var reading = ReadToEndAsync(second);

        _time.Advance(TimeSpan.FromSeconds(19));
        reading.IsCompleted.ShouldBeFalse();
        _time.Advance(TimeSpan.FromSeconds(1));
        await reading;

        await second.DisposeAsync();
        _places.IsBusy.ShouldBeTrue();
        await first.DisposeAsync();
        _places.IsBusy.ShouldBeFalse();
    }

    [Fact(Timeout = 30_000)]
    public async Task A_content_that_is_given_up_takes_no_place()
    {
        await using var first = Held();
        await ReadToEndAsync(first);
        await using var second = Held();
        using var stop = new CancellationTokenSource();
        var reading = second.CopyToAsync(Stream.Null, stop.Token);
        await stop.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(reading);

        await first.DisposeAsync();
        _places.IsBusy.ShouldBeFalse();
    }

    [Fact(Timeout = 30_000)]
    public async Task Large_contents_wait_for_each_other_and_small_ones_for_none()
    {
        var first = await _places.TurnAsync(ClamdPlaces.Large, Token);
        var second = _places.TurnAsync(ClamdPlaces.Large, Token).AsTask();
        (await _places.TurnAsync(ClamdPlaces.Large - 1, Token)).ShouldBeNull();
        second.IsCompleted.ShouldBeFalse();

        first!.Dispose();
        (await second).ShouldNotBeNull();
    }

    [Theory]
    [InlineData("/run/clamd.ctl", 2, 3)]
    [InlineData("/run/clamd.ctl", 16, 17)]
    [InlineData("tcp://127.0.0.1:3310", 2, 8)]
    public void A_clamd_of_this_machine_scans_one_more_than_it_has_processors(string address, int processors, int scans)
    {
        using var places = ClamdPlaces.For(ClamdAddress.Parse(address), processors, _time);
        places.Load.Wanted.ShouldBe(scans);
    }

    [Fact(Timeout = 30_000)]
    public async Task Clean_answers_share_a_canary_while_others_are_scanned()
    {
        await using var clamd = FakeClamd.Answering(Encoding.UTF8.GetBytes("stream: Eicar FOUND\0"));
        var canary = Canary(clamd, isBusy: true);
        var first = canary.ConfirmAsync(Token);
        await Eventually.UntilAsync(() => _time.WaitingTimers > 0, Soon, Token);
        var others = Enumerable.Range(0, 5).Select(_ => canary.ConfirmAsync(Token)).ToArray();
        clamd.Connections.ShouldBe(0);

        _time.Advance(TimeSpan.FromMilliseconds(50));
        await Task.WhenAll([first, .. others]);

        clamd.Connections.ShouldBe(1);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_canary_of_an_idle_clamd_does_not_wait()
    {
        await using var clamd = FakeClamd.Answering(Encoding.UTF8.GetBytes("stream: Eicar FOUND\0"));
        await Canary(clamd, isBusy: false).ConfirmAsync(Token);
        clamd.Connections.ShouldBe(1);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_clamd_that_comes_is_noticed_and_one_that_was_there_is_none()
    {
        await using var clamd = await ClamdServer.StartAsync(Token);
        await using var engine = Engines.Clamd(clamd);
        await engine.DescribeAsync(Token);
        await clamd.KillAsync();
        await Should.ThrowAsync<ScannerUnavailableException>(engine.DescribeAsync(Token));

        var answered = engine.AnsweredAsync(Token);
        answered.IsCompleted.ShouldBeFalse();
        await clamd.RestartAsync(Token);
        await answered;

        await engine.DescribeAsync(Token);
        using var stop = new CancellationTokenSource(TimeSpan.FromMilliseconds(500), TimeProvider.System);
        await Should.ThrowAsync<OperationCanceledException>(engine.AnsweredAsync(stop.Token));
    }

    private HeldStream Held() => new(new MemoryStream(new byte[5]), _places);

    private static Task ReadToEndAsync(Stream stream) => stream.CopyToAsync(Stream.Null, Token);

    private ClamdCanary Canary(FakeClamd clamd, bool isBusy) => new(
        new ClamdClient(ClamdAddress.Parse(clamd.Address), ClamdTimeouts.For(Soon), TimeProvider.System), () => isBusy, _time);
}
