using System.Collections.Concurrent;
using ClamBucketFleet.Daemon.Tests.Run;

namespace ClamBucketFleet.Daemon.Tests.Faults;

/// <summary>Keeps requests where they are until so many are kept.</summary>
internal sealed class Holder(int count)
{
    private readonly TaskCompletionSource _all = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _end = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _held;

    public Task AllAreHeld => _all.Task;

    public Task HoldAsync()
    {
        if (Interlocked.Increment(ref _held) == count) _all.TrySetResult();
        return _end.Task;
    }

    /// <summary>They go on.</summary>
    public void Release() => _end.TrySetResult();

    /// <summary>They end here.</summary>
    public void Cut() => _end.TrySetException(new IOException("cut"));

    /// <summary>Holds the request of each object that has the number in the object's own order.</summary>
    public static Func<AwsRequest, Func<Task>, Hook?> Of(ConcurrentDictionary<string, int> numbers, bool before)
    {
        var counts = new ConcurrentDictionary<string, int>();
        return (request, hold) =>
        {
            if (Grounds.KeyOf(request) is not { } key || !numbers.TryGetValue(key, out var number)) return null;
            if (counts.AddOrUpdate(key, 1, (_, count) => count + 1) != number) return null;
            return before ? new Hook { Before = hold } : new Hook { After = hold };
        };
    }
}
