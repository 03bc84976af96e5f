using System.Text;
using ClamBucketFleet.TestKit;
using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;

namespace ClamBucketFleet.ClamAv.Tests;

public sealed class ClamdCanaryTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(20);

    private readonly ManualTimeProvider _time = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = 30_000)]
    public async Task Clean_answers_share_a_canary_while_others_are_scanned()
    {
        await using var clamd = FakeClamd.Answering(Encoding.UTF8.GetBytes("stream: Eicar FOUND\0"));
        var canary = Canary(clamd, isBusy: true);
        var first = canary.ConfirmAsync(isAtOnce: false, Token);
        await Eventually.UntilAsync(() => _time.WaitingTimers > 0, Soon, Token);
        var others = Enumerable.Range(0, 5).Select(_ => canary.ConfirmAsync(isAtOnce: false, Token)).ToArray();
        clamd.Connections.ShouldBe(0);

        _time.Advance(TimeSpan.FromMilliseconds(50));
        await Task.WhenAll([first, .. others]);

        clamd.Connections.ShouldBe(1);
    }

    [Fact(Timeout = 30_000)]
    public async Task Who_is_in_a_hurry_ends_the_wait_of_a_canary_for_all()
    {
        await using var clamd = FakeClamd.Answering(Encoding.UTF8.GetBytes("stream: Eicar FOUND\0"));
        var canary = Canary(clamd, isBusy: true);
        var patient = canary.ConfirmAsync(isAtOnce: false, Token);
        await Eventually.UntilAsync(() => _time.WaitingTimers > 0, Soon, Token);
        await Task.WhenAll(patient, canary.ConfirmAsync(isAtOnce: true, Token));
        clamd.Connections.ShouldBe(1);

        // The next one waits again.
        var next = canary.ConfirmAsync(isAtOnce: false, Token);
        await Eventually.UntilAsync(() => _time.WaitingTimers > 1, Soon, Token);
        next.IsCompleted.ShouldBeFalse();
        clamd.Connections.ShouldBe(1);
    }

    [Fact(Timeout = 30_000)]
    public async Task That_time_is_up_before_the_canary_is_found_says_nothing_of_a_content()
    {
        await using var clamd = new FakeClamd(async (stream, token) =>
        {
            if (await FakeClamd.ReadContentAsync(stream, token) == 5)
                await stream.WriteAsync(Encoding.UTF8.GetBytes("stream: OK\0"), token);
            else
                await stream.ReadAtLeastAsync(new byte[1], 1, throwOnEndOfStream: false, token);
        });
        await using var engine = new ClamdEngine(
            Client(clamd.Address), confirmClean: true, Engines.Reader("/nowhere"), TimeProvider.System, NullLogger<ClamdEngine>.Instance);
        using var stop = new CancellationTokenSource();
        engine.Load.Confirming.ShouldBe(0);
        var scan = engine.ScanAsync(new MemoryStream(new byte[5]), 5, stop.Token);
        await Eventually.UntilAsync(() => clamd.Connections == 2, Soon, Token);
        engine.Load.Confirming.ShouldBe(1);
        await stop.CancelAsync();
        (await Should.ThrowAsync<TryAgainException>(scan)).Message.ShouldContain("had answered");
        engine.Load.Confirming.ShouldBe(0);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_canary_of_an_idle_clamd_does_not_wait()
    {
        await using var clamd = FakeClamd.Answering(Encoding.UTF8.GetBytes("stream: Eicar FOUND\0"));
        await Canary(clamd, isBusy: false).ConfirmAsync(isAtOnce: false, Token);
        clamd.Connections.ShouldBe(1);
    }

    [Theory(Timeout = 30_000)]
    [InlineData(0, 1)]
    [InlineData(5, 4)]
    [InlineData(100, 10)]
    public async Task The_longer_a_canary_takes_the_longer_its_successor_waits(int milliseconds, int steps)
    {
        using var answer = new SemaphoreSlim(0);
        await using var clamd = new FakeClamd(async (stream, token) =>
        {
            await FakeClamd.ReadContentAsync(stream, token);
            await answer.WaitAsync(token);
            await stream.WriteAsync(Encoding.UTF8.GetBytes("stream: Eicar FOUND\0"), token);
        });
        var isBusy = false;
        var canary = new ClamdCanary(Client(clamd.Address), () => isBusy, _time);
        var first = canary.ConfirmAsync(isAtOnce: false, Token);
        await Eventually.UntilAsync(() => clamd.Connections == 1, Soon, Token);
        _time.Advance(TimeSpan.FromMilliseconds(milliseconds));
        answer.Release(2);
        await first;

        isBusy = true;
        var second = canary.ConfirmAsync(isAtOnce: false, Token);
        for (var step = 0; step < steps; step++)
        {
            await Eventually.UntilAsync(() => _time.WaitingTimers == 1, Soon, Token);
            clamd.Connections.ShouldBe(1);
            _time.Advance(TimeSpan.FromMilliseconds(50));
        }

        await second;
        clamd.Connections.ShouldBe(2);
    }

    private ClamdClient Client(string address) =>
        new(ClamdAddress.Parse(address), ClamdTimeouts.For(TimeSpan.FromHours(1)), _time);

    private ClamdCanary Canary(FakeClamd clamd, bool isBusy) => new(
        new ClamdClient(ClamdAddress.Parse(clamd.Address), ClamdTimeouts.For(Soon), TimeProvider.System), () => isBusy, _time);
}
