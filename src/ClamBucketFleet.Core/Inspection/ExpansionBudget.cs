namespace ClamBucketFleet.Inspection;

/// <summary>What may be unpacked of one object, at every depth together, in bytes.</summary>
internal sealed class ExpansionBudget(long bytes)
{
    private long _left = bytes;

    /// <summary>Whether more was unpacked than allowed.</summary>
    public bool IsSpent => _left < 0;

    /// <summary>Takes what was unpacked.</summary>
    /// <returns>False once it is more than allowed.</returns>
    public bool Spend(int count)
    {
        _left -= count;
        return _left >= 0;
    }
}
