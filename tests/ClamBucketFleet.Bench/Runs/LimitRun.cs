using System.Buffers.Binary;
using System.Net.Sockets;
using ClamBucketFleet.Bench.Corpora;
using ClamBucketFleet.TestKit;

namespace ClamBucketFleet.Bench.Runs;

/// <summary>
/// The limit: the same bytes from memory straight into clamd, so many connections at a time, with nothing else to do.
/// </summary>
internal sealed class LimitRun(ClamdServer clamd, Corpus corpus, int connections)
{
    private const int Chunk = 128 * 1024;
    private int _next = -1;

    public async Task<Sample> RunAsync(CancellationToken cancellationToken)
    {
        var wrong = new List<string>();
        var before = ProcessFigures.Cpu(clamd.Pid);
        var time = TimeProvider.System;
        var started = time.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, connections).Select(_ => Task.Run(() => WorkAsync(wrong, cancellationToken), cancellationToken)));
        var seconds = time.GetElapsedTime(started).TotalSeconds;
        return new Sample(corpus.Objects.Count, corpus.Bytes, seconds, wrong)
        {
            ClamdCpu = (ProcessFigures.Cpu(clamd.Pid) - before) / corpus.Objects.Count,
        };
    }

    private async Task WorkAsync(List<string> wrong, CancellationToken cancellationToken)
    {
        var buffer = new byte[sizeof(int) + Chunk];
        while (Interlocked.Increment(ref _next) is var index && index < corpus.Objects.Count)
        {
            var entry = corpus.Objects[index];
            var reply = await ScanAsync(entry, buffer, cancellationToken);
            if (reply == (entry.Infected ? $"stream: {Eicar.Signature} FOUND\0" : "stream: OK\0"))
                continue;
            lock (wrong)
                wrong.Add($"clamd says '{reply}' to {entry.Key}");
        }
    }

    private async Task<string> ScanAsync(CorpusObject entry, byte[] buffer, CancellationToken cancellationToken)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(clamd.EndPoint, cancellationToken);
        await SendAsync(socket, "zINSTREAM\0"u8.ToArray(), cancellationToken);
        for (var at = 0L; at < entry.Size; at += Chunk)
        {
            var count = (int)Math.Min(Chunk, entry.Size - at);
            BinaryPrimitives.WriteInt32BigEndian(buffer, count);
            corpus.Read(entry, at, buffer.AsSpan(sizeof(int), count));
            await SendAsync(socket, buffer.AsMemory(0, sizeof(int) + count), cancellationToken);
        }

        await SendAsync(socket, new byte[sizeof(int)], cancellationToken);
        using var reader = new StreamReader(new NetworkStream(socket));
        return await reader.ReadToEndAsync(cancellationToken);
    }

    private static async Task SendAsync(Socket socket, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        while (!bytes.IsEmpty)
            bytes = bytes[await socket.SendAsync(bytes, cancellationToken)..];
    }
}
