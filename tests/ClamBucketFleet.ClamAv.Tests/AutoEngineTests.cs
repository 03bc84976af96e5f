using ClamBucketFleet.TestKit;
using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;

namespace ClamBucketFleet.ClamAv.Tests;

public sealed class AutoEngineTests : IAsyncDisposable
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(20);

    private readonly ClamscanHarness _harness = new();
    private readonly ManualTimeProvider _time = new();
    private readonly RecordingLogger<AutoEngine> _log = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _harness.DisposeAsync();

    [Fact(Timeout = 60_000)]
    public async Task It_takes_clamd_where_clamd_passes_its_self_test()
    {
        await using var clamd = await ClamdServer.StartAsync(Token);
        await using var engine = Auto(clamd);
        (await engine.ScanAsync(Eicar.Zip)).ShouldBeOfType<Infected>();
        (await engine.DescribeAsync(Token)).Kind.ShouldBe("clamd");
        _harness.Invocations.ShouldBe(0);
    }

    [Fact(Timeout = 60_000)]
    public async Task It_takes_clamscan_where_clamd_answers_but_finds_nothing()
    {
        await using var clamd = await ClamdServer.StartAsync(Token);
        Directory.Delete(clamd.TemporaryDirectory, recursive: true);
        await using var engine = Auto(clamd);
        (await engine.ScanAsync(Eicar.Zip)).ShouldBeOfType<Infected>();
        (await engine.DescribeAsync(Token)).Kind.ShouldBe("clamscan");
    }

    [Fact(Timeout = 60_000)]
    public async Task It_falls_back_to_clamscan_and_returns_to_clamd_and_says_each_once()
    {
        await using var clamd = await ClamdServer.StartAsync(Token);
        await using var engine = Auto(clamd);
        await engine.ScanAsync(Contents.Harmless());
        await clamd.KillAsync();
        (await engine.ScanAsync(Eicar.Bytes)).ShouldBeOfType<Infected>();
        (await engine.ScanAsync(Contents.Harmless())).ShouldBeOfType<Clean>();
        (await engine.DescribeAsync(Token)).Kind.ShouldBe("clamscan");

        await clamd.RestartAsync(Token);
        (await engine.DescribeAsync(Token)).Kind.ShouldBe("clamscan");
        _time.Advance(TimeSpan.FromSeconds(5));
        await Eventually.UntilAsync(async token => (await engine.DescribeAsync(token)).Kind == "clamd", Soon, Token);
        _log.Lines.Count.ShouldBe(3);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_scan_that_loses_clamd_in_the_middle_is_tried_again_on_clamscan()
    {
        await using var clamd = await ClamdServer.StartAsync(Token);
        await using var engine = Auto(clamd);
        await engine.ScanAsync(Contents.Harmless());
        await using var source = new ScriptedStream(async (count, _) =>
        {
            if (count == 3)
                await clamd.KillAsync();
            return 100_000;
        });
        await Should.ThrowAsync<TryAgainException>(engine.ScanAsync(source, 50_000_000, Token));
        (await engine.ScanAsync(Eicar.Bytes)).ShouldBeOfType<Infected>();
    }

    [Fact(Timeout = 60_000)]
    public async Task Without_either_there_is_no_scanner()
    {
        await using var engine = new AutoEngine(Nobody(), _harness.Engine(settings => settings with { Path = "/nowhere" }), _time, _log);
        await Should.ThrowAsync<ScannerUnavailableException>(engine.ScanAsync([1]));
    }

    // The engines below keep real time; only the time between probes is moved by hand.
    private AutoEngine Auto(ClamdServer clamd) => new(Engines.Clamd(clamd), _harness.Engine(), _time, _log);

    private static ClamdEngine Nobody() => new(
        new ClamdClient(ClamdAddress.Parse("/nowhere"), ClamdTimeouts.For(Soon), TimeProvider.System),
        confirmClean: true,
        Engines.Reader("/nowhere"),
        TimeProvider.System,
        NullLogger<ClamdEngine>.Instance);
}
