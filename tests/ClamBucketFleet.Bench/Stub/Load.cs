namespace ClamBucketFleet.Bench.Stub;

/// <summary>What the stub is to play: a queue with messages, each about an object of its own.</summary>
/// <param name="Corpus">The directory of the corpus whose content the objects have.</param>
/// <param name="First">The first object of the corpus that is taken.</param>
/// <param name="Count">How many from there; further messages' objects have the same content again, under other keys.</param>
/// <param name="Messages">Messages in the queue.</param>
/// <param name="FirstByte">Before each answer, of every service.</param>
/// <param name="BytesPerSecond">Of one body; 0 is as fast as it can.</param>
internal sealed record Load(string Corpus, int First, int Count, int Messages, TimeSpan FirstByte, long BytesPerSecond);

/// <summary>What has happened so far.</summary>
/// <param name="Deleted">Messages.</param>
/// <param name="ReceivedTwice">Messages that were handed out more than once.</param>
/// <param name="ReadTwice">Objects of which the first byte was asked for more than once.</param>
/// <param name="LooksBeforeGet">HEADs of objects that had not been opened yet.</param>
/// <param name="Requests">How many of each kind.</param>
/// <param name="DeletedObjects">Messages whose object was deleted.</param>
/// <param name="TaggedObjects">Messages whose object was tagged.</param>
/// <param name="Alerts">Alerts, as <c>message STATUS ACTION</c>.</param>
/// <param name="Times">Of the messages that are deleted.</param>
internal sealed record StubReport(
    int Deleted,
    int ReceivedTwice,
    int ReadTwice,
    int LooksBeforeGet,
    IReadOnlyDictionary<string, int> Requests,
    IReadOnlyList<int> DeletedObjects,
    IReadOnlyList<int> TaggedObjects,
    IReadOnlyList<string> Alerts,
    IReadOnlyList<MessageTime> Times);

/// <summary>Milliseconds since the queue was opened.</summary>
internal sealed record MessageTime(int Message, double Received, double Deleted);
