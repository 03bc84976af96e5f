using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using ClamBucketFleet.TestKit;
using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;

namespace ClamBucketFleet.ClamAv.Tests;

public sealed class ClamdPlacesTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(20);

    private readonly ManualTimeProvider _time = new();
    private readonly ClamdPlaces _places;

    public ClamdPlacesTests() => _places = new ClamdPlaces(count: 1, large: 1, _time);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory(Timeout = 30_000)]
    [InlineData(300_000)]
    [InlineData(ClamdUpload.Small + 1)]
    public async Task A_long_content_waits_for_its_place_as_long_as_it_takes_and_arrives_as_it_is(int length)
    {
        await using var clamd = new Listening();
        var content = RandomNumberGenerator.GetBytes(length);
        var before = await TakeAsync();
        var scan = ScanAsync(clamd, content);
        for (var signs = 1; signs < 4; signs++)
        {
            await WaitingAsync();
            _places.Load.ShouldBe(new ScanLoad(Wanted: 1, Ready: 1));
            var came = clamd.Chunks;
            _time.Advance(TimeSpan.FromSeconds(3));
            await Eventually.UntilAsync(() => clamd.Chunks == came + 1, Soon, Token);
            clamd.LatestChunk.ShouldBe(1);
        }

        await WaitingAsync();
        _time.Advance(TimeSpan.FromSeconds(2));
        scan.IsCompleted.ShouldBeFalse();
        clamd.HasEnd.ShouldBeFalse();
        before.Dispose();
        (await scan).ShouldBeOfType<Clean>();
        clamd.Content.ShouldBe(content);
        _places.Load.Ready.ShouldBe(0);
        _places.IsBusy.ShouldBeFalse();
    }

    [Theory(Timeout = 30_000)]
    [InlineData(0)]
    [InlineData(5)]
    [InlineData(ClamdUpload.Small)]
    public async Task A_content_of_one_chunk_waits_with_no_connection_and_arrives_in_one_piece(int length)
    {
        await using var clamd = new Listening();
        var content = RandomNumberGenerator.GetBytes(length);
        var before = await TakeAsync();
        var scan = ScanAsync(clamd, content);
        await Eventually.UntilAsync(() => _places.Load.Ready == 1, Soon, Token);
        _time.Advance(TimeSpan.FromHours(1));
        scan.IsCompleted.ShouldBeFalse();
        clamd.Connections.ShouldBe(0);

        before.Dispose();
        (await scan).ShouldBeOfType<Clean>();
        clamd.Content.ShouldBe(content);
        clamd.Chunks.ShouldBe(length == 0 ? 0 : 1);
        clamd.Connections.ShouldBe(1);
        _places.Load.Ready.ShouldBe(0);
        _places.IsBusy.ShouldBeFalse();
    }

    [Theory(Timeout = 30_000)]
    [InlineData(4)]
    [InlineData(6)]
    public async Task A_content_of_one_chunk_and_of_another_length_than_it_should_have_never_reaches_clamd(int length)
    {
        await using var clamd = new Listening();
        var scan = Client(clamd.Address).ScanAsync(new MemoryStream(new byte[5]), length, _places, null, Token);
        await Should.ThrowAsync<TryAgainException>(scan);
        clamd.Connections.ShouldBe(0);
        _places.IsBusy.ShouldBeFalse();
    }

    [Fact(Timeout = 30_000)]
    public async Task That_there_was_no_place_says_nothing_of_a_content()
    {
        await using var clamd = new Listening();
        var before = await TakeAsync();
        using var stop = new CancellationTokenSource();
        var scan = ScanAsync(clamd, new byte[5], stop.Token);
        await Eventually.UntilAsync(() => _places.Load.Ready == 1, Soon, Token);
        _time.Advance(TimeSpan.FromSeconds(1));
        await stop.CancelAsync();
        (await Should.ThrowAsync<TryAgainException>(scan)).Message.ShouldContain("other objects");

        before.Dispose();
        _places.IsBusy.ShouldBeFalse();
    }

    [Theory(Timeout = 30_000)]
    [InlineData(5, true)]
    [InlineData(15, false)]
    public async Task A_content_that_got_its_place_late_is_not_to_blame_for_the_rest(int scanned, bool isAnothers)
    {
        await using var clamd = new Listening(isMute: true);
        var before = await TakeAsync();
        using var stop = new CancellationTokenSource();
        var scan = ScanAsync(clamd, new byte[500_000], stop.Token);
        await WaitingAsync();
        for (var i = 0; i < 10; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            await WaitingAsync();
        }

        before.Dispose();
        await Eventually.UntilAsync(() => clamd.HasEnd, Soon, Token);
        _time.Advance(TimeSpan.FromSeconds(scanned));
        await stop.CancelAsync();
        if (isAnothers)
            await Should.ThrowAsync<TryAgainException>(scan);
        else
            await Should.ThrowAsync<OperationCanceledException>(scan);
        _places.IsBusy.ShouldBeFalse();
    }

    [Fact(Timeout = 30_000)]
    public async Task A_clamd_that_hangs_up_on_a_content_that_waits_is_heard_at_once()
    {
        await using var clamd = new FakeClamd(async (stream, token) =>
        {
            await stream.ReadExactlyAsync(new byte["zINSTREAM\0".Length], token);
            await stream.WriteAsync(Encoding.UTF8.GetBytes("COMMAND READ TIMED OUT\n"), token);
        });
        using var before = await TakeAsync();
        var scan = Client(clamd.Address).ScanAsync(new MemoryStream(new byte[200_000]), 200_000, _places, null, Token);
        await Should.ThrowAsync<TryAgainException>(scan);
        _places.Load.Ready.ShouldBe(0);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_real_clamd_waits_for_a_content_that_shows_a_byte_now_and_then()
    {
        var settings = new Dictionary<string, string> { ["CommandReadTimeout"] = "2", ["ReadTimeout"] = "2" };
        await using var clamd = await ClamdServer.StartAsync(new ClamdOptions { Settings = settings }, Token);
        using var before = await TakeAsync();
        var client = Client(clamd.Address);
        byte[] content = [.. Eicar.Bytes, .. new byte[200_000]];
        var scan = client.ScanAsync(new MemoryStream(content), content.Length, _places, null, Token);
        for (var signs = 0; signs < 8; signs++)
        {
            await WaitingAsync();
            _time.Advance(TimeSpan.FromSeconds(3));

            // Half a second of clamd's own time: what is asked in between is answered within it.
            using var half = new CancellationTokenSource(TimeSpan.FromMilliseconds(500));
            while (!half.IsCancellationRequested)
                await client.PingAsync(Token);
        }

        scan.IsCompleted.ShouldBeFalse();
        before.Dispose();
        (await scan).ShouldBe(new Infected([Eicar.Signature]));
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

    [Theory(Timeout = 30_000)]
    [InlineData("/run/clamd.ctl", 1, 1)]
    [InlineData("/run/clamd.ctl", 3, 3)]
    [InlineData("/run/clamd.ctl", 96, 16)]
    [InlineData("tcp://127.0.0.1:3310", 1, 4)]
    public async Task There_are_as_many_lanes_as_processors_and_four_to_another_machine(string address, int processors, int lanes)
    {
        var places = ClamdPlaces.For(ClamdAddress.Parse(address), processors, _time);
        for (var i = 0; i < lanes; i++)
            (await places.TurnAsync(ClamdPlaces.Large, Token)).ShouldNotBeNull();
        places.TurnAsync(ClamdPlaces.Large, Token).AsTask().IsCompleted.ShouldBeFalse();
    }

    [Fact(Timeout = 30_000)]
    public async Task Long_contents_are_scanned_as_many_at_once_as_processors_and_leave_places_to_the_small()
    {
        var places = ClamdPlaces.For(ClamdAddress.Parse("/run/clamd.ctl"), processors: 2, _time);
        using var first = await places.TakeAsync(ClamdUpload.Small + 1, null, Token);
        using var second = await places.TakeAsync(ClamdPlaces.Large - 1, null, Token);
        using var small = await places.TakeAsync(ClamdUpload.Small, null, Token);
        var third = places.TakeAsync(ClamdUpload.Small + 1, null, Token);
        var behind = places.TakeAsync(1, null, Token);
        (third.IsCompleted, behind.IsCompleted).ShouldBe((false, false));

        first!.Dispose();
        (await third).ShouldNotBeNull();
        (await behind).ShouldNotBeNull();
    }

    [Fact(Timeout = 30_000)]
    public async Task As_many_large_contents_as_processors_keep_no_long_one_out()
    {
        var places = ClamdPlaces.For(ClamdAddress.Parse("/run/clamd.ctl"), processors: 2, _time);
        using var first = await places.TakeAsync(ClamdPlaces.Large, null, Token);
        using var second = await places.TakeAsync(ClamdPlaces.Large, null, Token);

        places.TakeAsync(ClamdPlaces.Large - 1, null, Token).IsCompletedSuccessfully.ShouldBeTrue();
    }

    [Fact(Timeout = 30_000)]
    public async Task A_large_content_that_is_given_up_leaves_its_lane_to_the_next()
    {
        var first = await _places.TurnAsync(ClamdPlaces.Large, Token);
        using var stop = new CancellationTokenSource();
        var second = _places.TurnAsync(ClamdPlaces.Large, stop.Token).AsTask();
        var third = _places.TurnAsync(ClamdPlaces.Large, Token).AsTask();
        await stop.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(second);

        first!.Dispose();
        (await third).ShouldNotBeNull();
    }

    [Theory]
    [InlineData("/run/clamd.ctl", 1, 8)]
    [InlineData("/run/clamd.ctl", 4, 16)]
    [InlineData("/run/clamd.ctl", 32, 64)]
    [InlineData("tcp://127.0.0.1:3310", 4, 16)]
    public void Four_contents_a_processor_are_scanned_at_once(string address, int processors, int scans)
    {
        var places = ClamdPlaces.For(ClamdAddress.Parse(address), processors, _time);
        places.Load.Wanted.ShouldBe(scans);
    }

    [Fact(Timeout = 30_000)]
    public async Task What_is_scanned_at_once_waits_behind_no_other()
    {
        // What has seven bytes is never answered.
        await using var clamd = new FakeClamd(async (stream, token) =>
        {
            if (await FakeClamd.ReadContentAsync(stream, token) == 7)
                await stream.ReadAtLeastAsync(new byte[1], 1, throwOnEndOfStream: false, token);
            else
                await stream.WriteAsync(Encoding.UTF8.GetBytes("stream: OK\0"), token);
        });
        await using var engine = Engine(clamd.Address);
        using var stop = new CancellationTokenSource();
        var places = engine.Load.Wanted;
        var stuck = Enumerable.Range(0, places).Select(_ => engine.ScanAsync(new MemoryStream(new byte[7]), 7, stop.Token)).ToArray();
        await Eventually.UntilAsync(() => clamd.Connections == places, Soon, Token);
        var behind = engine.ScanAsync(new MemoryStream(new byte[5]), 5, stop.Token);

        (await engine.ScanAtOnceAsync(new MemoryStream(new byte[5]), 5, Token)).ShouldBeOfType<Clean>();
        behind.IsCompleted.ShouldBeFalse();

        await stop.CancelAsync();
        foreach (var scan in stuck.Append(behind))
            await Should.ThrowAsync<Exception>(scan);
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

    private async Task<IDisposable> TakeAsync() =>
        (await _places.TakeAsync(1, null, Token)).ShouldNotBeNull();

    // The content has come, and the clock is what it waits for.
    private Task WaitingAsync() =>
        Eventually.UntilAsync(() => _places.Load.Ready == 1 && _time.WaitingTimers == 1, Soon, Token);

    private ClamdClient Client(string address) =>
        new(ClamdAddress.Parse(address), ClamdTimeouts.For(TimeSpan.FromHours(1)), _time);

    private Task<Verdict> ScanAsync(Listening clamd, byte[] content, CancellationToken? token = null) =>
        Client(clamd.Address).ScanAsync(new MemoryStream(content), content.Length, _places, null, token ?? Token);

    private ClamdEngine Engine(string address) => new(
        Client(address), confirmClean: false, Engines.Reader("/nowhere"), TimeProvider.System, NullLogger<ClamdEngine>.Instance);

    /// <summary>Takes one INSTREAM, remembers it, and says OK to it unless it is mute.</summary>
    private sealed class Listening : IAsyncDisposable
    {
        private readonly FakeClamd _clamd;
        private readonly MemoryStream _content = new();
        private volatile int _chunks;
        private volatile int _latest;
        private volatile bool _hasEnd;

        public Listening(bool isMute = false) => _clamd = new FakeClamd((stream, token) => PlayAsync(stream, isMute, token));

        public string Address => _clamd.Address;

        public int Connections => _clamd.Connections;

        public int Chunks => _chunks;

        public int LatestChunk => _latest;

        public bool HasEnd => _hasEnd;

        public byte[] Content => _content.ToArray();

        public ValueTask DisposeAsync() => _clamd.DisposeAsync();

        private async Task PlayAsync(Stream stream, bool isMute, CancellationToken token)
        {
            var buffer = new byte[256 * 1024];
            await stream.ReadExactlyAsync(buffer.AsMemory(0, "zINSTREAM\0".Length), token);
            while (true)
            {
                await stream.ReadExactlyAsync(buffer.AsMemory(0, 4), token);
                var length = BinaryPrimitives.ReadInt32BigEndian(buffer);
                if (length == 0)
                    break;
                await stream.ReadExactlyAsync(buffer.AsMemory(0, length), token);
                _content.Write(buffer, 0, length);
                _latest = length;
                _chunks++;
            }

            _hasEnd = true;
            if (isMute)
                await stream.ReadAtLeastAsync(buffer, 1, throwOnEndOfStream: false, token);
            else
                await stream.WriteAsync(Encoding.UTF8.GetBytes("stream: OK\0"), token);
        }
    }
}
