namespace ClamBucketFleet.Scaling.Queue;

/// <summary>How long scanned objects had waited, by whole seconds.</summary>
public sealed class Waits
{
    private readonly Dictionary<int, long> _counts = [];

    public long Count { get; private set; }

    public void Add(int seconds, long count)
    {
        _counts[seconds] = _counts.GetValueOrDefault(seconds) + count;
        Count += count;
    }

    /// <summary>The wait in seconds that this share of all objects did not exceed; zero where there were none.</summary>
    public int Percentile(double share)
    {
        var left = share * Count;
        foreach (var (seconds, count) in _counts.OrderBy(pair => pair.Key))
        {
            left -= count;
            if (left <= 0) return seconds;
        }

        return 0;
    }
}
