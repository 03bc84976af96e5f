using System.Net.Sockets;
using System.Text;
using ClamBucketFleet.TestKit;
using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;

namespace ClamBucketFleet.ClamAv.Tests;

public sealed class ClamdSceneTests
{
    private static readonly ClamdTimeouts Patient = new(TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(30));
    private static readonly ClamdTimeouts Impatient = new(TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory(Timeout = 30_000)]
    [InlineData("Error writing to temporary file ERROR\0stream: OK\0")]
    [InlineData("stream: OK\0stream: OK\0")]
    [InlineData("stream: Can't write to file ERROR\0")]
    [InlineData("stream: O")]
    [InlineData("stream: OK")]
    [InlineData("COMMAND READ TIMED OUT\0")]
    [InlineData("UNKNOWN COMMAND\0")]
    public async Task A_reply_that_is_not_exactly_a_verdict_is_tried_again(string reply)
    {
        await using var clamd = FakeClamd.Answering(Encoding.UTF8.GetBytes(reply));
        await Should.ThrowAsync<TryAgainException>(Engine(clamd.Address).ScanAsync(Contents.Harmless()));
    }

    [Fact(Timeout = 30_000)]
    public async Task An_empty_reply_is_tried_again_while_clamd_still_takes_connections()
    {
        await using var clamd = FakeClamd.Answering([]);
        await Should.ThrowAsync<TryAgainException>(Engine(clamd.Address).ScanAsync(Contents.Harmless()));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_lost_connection_means_no_scanner_when_the_next_one_is_refused()
    {
        using var listener = new TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        var scan = Engine($"tcp://{listener.LocalEndpoint}").ScanAsync(Contents.Harmless(5_000_000));
        using (await listener.AcceptSocketAsync(Token))
            listener.Stop();
        await Should.ThrowAsync<ScannerUnavailableException>(scan);
    }

    [Fact(Timeout = 30_000)]
    public async Task Silence_ends_with_the_deadline()
    {
        await using var clamd = new FakeClamd(async (stream, cancellationToken) =>
        {
            await FakeClamd.ReadContentAsync(stream, cancellationToken);
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
        });
        (await Should.ThrowAsync<TryAgainException>(Engine(clamd.Address, Impatient).ScanAsync(Contents.Harmless())))
            .Message.ShouldContain("no sign");
    }

    [Fact(Timeout = 30_000)]
    public async Task A_clamd_that_reads_nothing_ends_with_the_deadline()
    {
        await using var clamd = new FakeClamd((_, cancellationToken) =>
            Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken));
        await Should.ThrowAsync<TryAgainException>(
            Engine(clamd.Address, Impatient).ScanAsync(Contents.Harmless(50_000_000)));
    }

    [Theory(Timeout = 30_000)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_early_refusal_of_the_size_is_read_although_the_connection_breaks(bool reset)
    {
        await using var clamd = new FakeClamd(async (stream, cancellationToken) =>
        {
            await stream.ReadExactlyAsync(new byte[100_000], cancellationToken);
            await stream.WriteAsync("INSTREAM size limit exceeded. ERROR\0"u8.ToArray(), cancellationToken);
            if (reset)
                stream.Socket.LingerState = new LingerOption(true, 0);
        });
        (await Engine(clamd.Address).ScanAsync(Contents.Harmless(20_000_000)))
            .ShouldBe(new Unscannable(UnscannableReason.TooLarge));
    }

    [Fact(Timeout = 30_000)]
    public async Task An_OK_before_everything_was_sent_is_no_verdict()
    {
        await using var clamd = new FakeClamd(async (stream, cancellationToken) =>
        {
            await stream.ReadExactlyAsync(new byte[100_000], cancellationToken);
            await stream.WriteAsync("stream: OK\0"u8.ToArray(), cancellationToken);
        });
        await Should.ThrowAsync<TryAgainException>(Engine(clamd.Address).ScanAsync(Contents.Harmless(20_000_000)));
    }

    [Fact(Timeout = 30_000)]
    public async Task An_early_answer_ends_the_wait_for_a_slow_source()
    {
        await using var clamd = new FakeClamd((stream, cancellationToken) =>
            stream.WriteAsync("COMMAND READ TIMED OUT\0"u8.ToArray(), cancellationToken).AsTask());
        await using var endless = new ScriptedStream((_, cancellationToken) => new(Never(cancellationToken)));
        (await Should.ThrowAsync<TryAgainException>(Engine(clamd.Address).ScanAsync(endless, 200_000, Token)))
            .Message.ShouldContain("COMMAND READ TIMED OUT");
    }

    [Theory(Timeout = 30_000)]
    [InlineData(1000, 300_000)]
    [InlineData(200_000, 200_001)]
    [InlineData(200_001, 200_000)]
    public async Task A_source_that_is_not_as_long_as_declared_is_never_ended_in_order(int actual, int length)
    {
        var read = new TaskCompletionSource<long>();
        await using var clamd = new FakeClamd(async (stream, cancellationToken) =>
            read.TrySetResult(await FakeClamd.ReadContentAsync(stream, cancellationToken)));
        using var content = new MemoryStream(Contents.Harmless(actual));
        await Should.ThrowAsync<TryAgainException>(Engine(clamd.Address).ScanAsync(content, length, Token));
        (await read.Task).ShouldBe(-1);
    }

    [Fact(Timeout = 30_000)]
    public async Task What_the_source_throws_comes_through_unchanged_and_aborts_the_connection()
    {
        var read = new TaskCompletionSource<long>();
        await using var clamd = new FakeClamd(async (stream, cancellationToken) =>
            read.TrySetResult(await FakeClamd.ReadContentAsync(stream, cancellationToken)));
        var failure = new IOException("S3 went away");
        await using var failing = new ScriptedStream((count, _) => count < 10 ? new(100_000) : throw failure);
        (await Should.ThrowAsync<IOException>(Engine(clamd.Address).ScanAsync(failing, 5_000_000, Token))).ShouldBeSameAs(failure);
        (await read.Task).ShouldBe(-1);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_scan_that_is_given_up_aborts_the_connection()
    {
        var read = new TaskCompletionSource<long>();
        await using var clamd = new FakeClamd(async (stream, cancellationToken) =>
            read.TrySetResult(await FakeClamd.ReadContentAsync(stream, cancellationToken)));
        using var giveUp = new CancellationTokenSource();
        await using var slow = new ScriptedStream(async (count, cancellationToken) =>
            count < 3 ? 100_000 : await CancelThenNever(giveUp, cancellationToken));
        await Should.ThrowAsync<OperationCanceledException>(Engine(clamd.Address).ScanAsync(slow, 5_000_000, giveUp.Token));
        (await read.Task).ShouldBe(-1);
    }

    [Fact(Timeout = 30_000)]
    public async Task More_bytes_than_ClamAV_can_read_are_never_sent()
    {
        await using var clamd = FakeClamd.Answering("stream: OK\0"u8.ToArray());
        await using var unread = new ScriptedStream((_, _) => throw new InvalidOperationException("read"));
        (await Engine(clamd.Address).ScanAsync(unread, 1L << 31, Token)).ShouldBe(new Unscannable(UnscannableReason.TooLarge));
        clamd.Connections.ShouldBe(0);
    }

    [Theory(Timeout = 30_000)]
    [InlineData("/nowhere/clamd.ctl", "no socket")]
    [InlineData("tcp://127.0.0.1:1", "Nothing listens")]
    public async Task Nobody_there_is_said_with_the_name_of_the_setting(string address, string words)
    {
        var failure = await Should.ThrowAsync<ScannerUnavailableException>(Engine(address).ScanAsync([1]));
        failure.Message.ShouldContain(words);
        failure.Message.ShouldContain("Scan:ClamdAddress");
    }

    [Fact(Timeout = 30_000)]
    public async Task A_full_backlog_is_waited_for()
    {
        await using var directory = new TemporaryDirectory();
        var path = directory.Combine("s");
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen(1);
        var queued = new List<Socket>();
        SocketError? refused = null;
        while (refused is null)
        {
            var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified) { Blocking = false };
            queued.Add(socket);
            try
            {
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), Token);
            }
            catch (SocketException exception)
            {
                refused = exception.SocketErrorCode;
            }
        }

        var client = new ClamdClient(ClamdAddress.Parse(path), Patient, TimeProvider.System);
        var ping = client.PingAsync(Token);
        ping.IsCompleted.ShouldBeFalse();
        for (var i = 0; i < queued.Count - 1; i++)
            (await listener.AcceptAsync(Token)).Dispose();
        using (var server = await listener.AcceptAsync(Token))
        {
            await server.ReceiveAsync(new byte[16], Token);
            await server.SendAsync("PONG\0"u8.ToArray(), Token);
        }

        await ping;
        queued.ForEach(socket => socket.Dispose());
    }

    [Fact(Timeout = 30_000)]
    public async Task A_backlog_that_stays_full_ends_with_the_deadline()
    {
        await using var directory = new TemporaryDirectory();
        var path = directory.Combine("s");
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen(0);
        using var first = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await first.ConnectAsync(new UnixDomainSocketEndPoint(path), Token);
        var engine = Engine(path, Impatient with { Connect = TimeSpan.FromMilliseconds(200) });
        (await Should.ThrowAsync<ScannerUnavailableException>(engine.ScanAsync([1]))).Message.ShouldContain("took no connection");
    }

    [Fact(Timeout = 30_000)]
    public async Task Something_else_that_listens_there_is_no_clamd()
    {
        await using var other = new FakeClamd((stream, cancellationToken) =>
            stream.WriteAsync("SSH-2.0-OpenSSH\r\n"u8.ToArray(), cancellationToken).AsTask());
        await Should.ThrowAsync<ScannerUnavailableException>(Engine(other.Address).DescribeAsync(Token));
    }

    private static ClamdEngine Engine(string address, ClamdTimeouts? timeouts = null) => new(
        new ClamdClient(ClamdAddress.Parse(address), timeouts ?? Patient, TimeProvider.System),
        confirmClean: true,
        new DefinitionsReader("/nowhere", NullLogger<DefinitionsReader>.Instance),
        TimeProvider.System,
        NullLogger<ClamdEngine>.Instance);

    private static async Task<int> Never(CancellationToken cancellationToken)
    {
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
        return 0;
    }

    private static async Task<int> CancelThenNever(CancellationTokenSource source, CancellationToken cancellationToken)
    {
        await source.CancelAsync();
        return await Never(cancellationToken);
    }
}
