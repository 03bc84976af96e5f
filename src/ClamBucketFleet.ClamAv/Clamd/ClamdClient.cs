namespace ClamBucketFleet.ClamAv;

/// <summary>clamd's protocol: one connection a command. Safe for concurrent calls.</summary>
public sealed class ClamdClient(ClamdAddress address, ClamdTimeouts timeouts, TimeProvider time)
{
    private const int Nobody = -1;

    private volatile int _peer = Nobody;
    private volatile bool _isSilent;

    public ClamdAddress Address => address;

    /// <summary>The process that took the latest connection; 0 where it cannot be told, null before the first.</summary>
    internal int? PeerProcess => _peer is var peer and not Nobody ? peer : null;

    /// <summary>Whether the latest command got no answer.</summary>
    internal bool IsSilent => _isSilent;

    /// <summary>Whether clamd answers at all, which says nothing about its health.</summary>
    /// <exception cref="ScannerUnavailableException">It does not.</exception>
    public async Task PingAsync(CancellationToken cancellationToken)
    {
        var reply = await CommandAsync("zPING\0"u8.ToArray(), cancellationToken);
        if (!reply.AsSpan().SequenceEqual("PONG\0"u8))
            throw NotUnderstood("PING", reply);
    }

    /// <summary>For example <c>ClamAV 1.4.6/27800/Sat Nov 21 09:00:00 2026</c>.</summary>
    /// <exception cref="ScannerUnavailableException">No answer, or another one.</exception>
    public async Task<string> VersionAsync(CancellationToken cancellationToken)
    {
        var reply = await CommandAsync("zVERSION\0"u8.ToArray(), cancellationToken);
        if (!reply.AsSpan().StartsWith("ClamAV "u8) || reply.AsSpan().IndexOf((byte)0) != reply.Length - 1)
            throw NotUnderstood("VERSION", reply);

        return SafeText.Escape(System.Text.Encoding.UTF8.GetString(reply.AsSpan(..^1)));
    }

    /// <summary>Has clamd load its definitions anew; it says yes before it has done so.</summary>
    /// <exception cref="ScannerUnavailableException">No answer, or another one.</exception>
    public async Task ReloadAsync(CancellationToken cancellationToken)
    {
        var reply = await CommandAsync("zRELOAD\0"u8.ToArray(), cancellationToken);
        if (!reply.AsSpan().SequenceEqual("RELOADING\0"u8))
            throw NotUnderstood("RELOAD", reply);
    }

    /// <inheritdoc cref="IScanEngine.ScanAsync"/>
    public Task<Verdict> ScanAsync(Stream content, long length, CancellationToken cancellationToken) =>
        ScanAsync(content, length, null, null, cancellationToken);

    /// <summary>
    /// The same, for a content that waits for a place, which it has until clamd has answered. When it has it, and before
    /// clamd may begin, <paramref name="begins"/> is called.
    /// </summary>
    internal async Task<Verdict> ScanAsync(
        Stream content, long length, ClamdPlaces? places, Action? begins, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        if (length > int.MaxValue)
            return new Unscannable(UnscannableReason.TooLarge);

        using var upload = new ClamdUpload(ConnectAsync, address, timeouts.Reply, places, begins, time);
        return await upload.RunAsync(content, length, cancellationToken);
    }

    /// <summary>Scans something small and gives the reply as it is, for what a verdict does not tell.</summary>
    /// <exception cref="ScannerUnavailableException">No answer.</exception>
    internal async Task<string> AskAsync(byte[] content, CancellationToken cancellationToken)
    {
        var length = new byte[sizeof(int)];
        System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(length, content.Length);
        var reply = await CommandAsync([.. "zINSTREAM\0"u8, .. length, .. content, 0, 0, 0, 0], cancellationToken);
        return System.Text.Encoding.UTF8.GetString(reply);
    }

    internal async Task<ClamdConnection> ConnectAsync(CancellationToken cancellationToken)
    {
        var connection = await ClamdConnection.OpenAsync(address, timeouts.Connect, time, cancellationToken);
        _peer = connection.PeerProcess;
        return connection;
    }

    private async Task<byte[]> CommandAsync(byte[] command, CancellationToken cancellationToken)
    {
        try
        {
            var answer = await ExchangeAsync(command, cancellationToken);
            _isSilent = answer.Length == 0;
            return answer;
        }
        catch (ScannerUnavailableException)
        {
            _isSilent = true;
            throw;
        }
    }

    private async Task<byte[]> ExchangeAsync(byte[] command, CancellationToken cancellationToken)
    {
        using var connection = await ConnectAsync(cancellationToken);
        using var deadline = new CancellationTokenSource(timeouts.Command, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            await connection.SendAsync(command, either.Token);
            var received = await ClamdReplyReader.ReadAsync(connection, either.Token);
            return received.Fault is null
                ? received.Bytes
                : throw new ScannerUnavailableException($"clamd on {address} broke off.", received.Fault);
        }
        catch (System.Net.Sockets.SocketException exception)
        {
            throw new ScannerUnavailableException($"clamd on {address} broke off: {exception.Message}", exception);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new ScannerUnavailableException(
                $"clamd on {address} took a command and did not answer within {timeouts.Command.TotalSeconds:0.#} s: " +
                "it hangs, or it reloads its definitions with ConcurrentDatabaseReload off.");
        }
    }

    private ScannerUnavailableException NotUnderstood(string command, byte[] reply) =>
        new($"What listens on {address} is not a clamd that can be used; to {command} it said: {ClamdReply.Quote(reply)}");
}
