using System.Collections.Concurrent;
using System.Globalization;
using ClamBucketFleet.Bench.Corpora;

namespace ClamBucketFleet.Bench.Stub;

/// <summary>What the stub plays, and what was done to it.</summary>
internal sealed class World : IDisposable
{
    public const string Bucket = "bench";

    private readonly ConcurrentDictionary<string, int> _requests = [];
    private readonly Corpus _corpus;
    private readonly int[] _opened;
    private readonly bool[] _gone;
    private readonly string?[] _tags;
    private readonly ConcurrentQueue<string> _alerts = [];
    private int _looksBeforeGet;

    public World(Load load, TimeProvider time)
    {
        Load = load;
        _corpus = Corpus.Open(load.Corpus);
        Queue = new MessageQueue(load.Messages, time);
        _opened = new int[load.Messages];
        _gone = new bool[load.Messages];
        _tags = new string?[load.Messages];
    }

    public Load Load { get; }

    public MessageQueue Queue { get; }

    public static string KeyOf(int message, CorpusObject entry) =>
        string.Create(CultureInfo.InvariantCulture, $"{message:D7}/{entry.Key}");

    /// <summary>The message that a key belongs to; null where it is no key of this world.</summary>
    public int? MessageOf(string key) =>
        key.Length > 8 && key[7] == '/' && int.TryParse(key.AsSpan(0, 7), NumberStyles.None, CultureInfo.InvariantCulture, out var message)
        && message < Load.Messages && key.AsSpan(8).SequenceEqual(Of(message).Key)
            ? message
            : null;

    public CorpusObject Of(int message) => _corpus.Objects[Load.First + (message % Load.Count)];

    public void Read(CorpusObject entry, long offset, Span<byte> into) => _corpus.Read(entry, offset, into);

    public void Count(string request) => _requests.AddOrUpdate(request, 1, (_, count) => count + 1);

    public void Opened(int message) => Interlocked.Increment(ref _opened[message]);

    public void LookedAt(int message)
    {
        if (Volatile.Read(ref _opened[message]) == 0)
            Interlocked.Increment(ref _looksBeforeGet);
    }

    public bool IsGone(int message) => Volatile.Read(ref _gone[message]);

    public void Remove(int message) => Volatile.Write(ref _gone[message], true);

    /// <summary>The body of the request that set them; null where none did.</summary>
    public string? Tags(int message) => Volatile.Read(ref _tags[message]);

    public void Tag(int message, string body) => Volatile.Write(ref _tags[message], body);

    public void Alerted(string alert) => _alerts.Enqueue(alert);

    public StubReport Report() => new(
        Queue.Deleted,
        Queue.ReceivedTwice(),
        _opened.Count(count => count > 1),
        _looksBeforeGet,
        new Dictionary<string, int>(_requests),
        [.. Numbers().Where(IsGone)],
        [.. Numbers().Where(message => Tags(message) is not null)],
        [.. _alerts],
        Queue.Times());

    public void Dispose() => _corpus.Dispose();

    private IEnumerable<int> Numbers() => Enumerable.Range(0, Load.Messages);
}
