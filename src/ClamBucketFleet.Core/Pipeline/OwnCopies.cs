using ClamBucketFleet.Options;

namespace ClamBucketFleet.Pipeline;

/// <summary>
/// Tells objects that this program wrote from those that others did, without believing anything that an uploader can
/// write. What lies in quarantine is left there, whoever put it: nobody takes it for clean. What lies where clean
/// objects go is skipped only once, for the copy that this process made; anything else there is scanned like any
/// object, and stays where it is when it is clean.
/// </summary>
internal sealed class OwnCopies(CurrentOptions current)
{
    // An event normally follows within seconds; one that never comes must not hold its entry for ever.
    private const int Capacity = 10_000;

    private readonly Queue<(string Bucket, string Key, string ETag)> _order = [];
    private readonly HashSet<(string Bucket, string Key, string ETag)> _expected = [];
    private readonly Lock _lock = new();

    public void Remember(ObjectIdentity copy)
    {
        lock (_lock)
        {
            if (_expected.Add((copy.Bucket, copy.Key, copy.ETag)))
                _order.Enqueue((copy.Bucket, copy.Key, copy.ETag));
            while (_order.Count > Capacity)
                _expected.Remove(_order.Dequeue());
        }
    }

    /// <summary>Whether the event is of a copy of ours. Each copy answers for one event.</summary>
    public bool IsOwn(ObjectRef reference)
    {
        if (current.Value.IsQuarantine(reference.Bucket, reference.Key))
            return true;

        // A plain request has no time: whoever asks for an object by hand wants it scanned.
        if (reference.ETag is null || reference.EventTime is null)
            return false;

        lock (_lock)
            return _expected.Remove((reference.Bucket, reference.Key, reference.ETag));
    }
}
