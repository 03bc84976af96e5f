namespace ClamBucketFleet.Inspection;

/// <summary>From here on an archive cannot be read member by member.</summary>
internal sealed class BadArchiveException(UnscannableReason reason) : Exception
{
    public UnscannableReason Reason => reason;
}

/// <summary>A bound is reached: nothing more is unpacked.</summary>
internal sealed class BoundReachedException : Exception;

/// <summary>Something was found; the rest does not matter.</summary>
internal sealed class FoundException(Infected verdict) : Exception
{
    public Infected Verdict => verdict;
}
