namespace ClamBucketFleet.ClamAv;

/// <summary>How long clamd is waited for.</summary>
/// <param name="Connect">Until the connection stands, full backlogs included.</param>
/// <param name="Command">From a command without content to the end of its reply.</param>
/// <param name="Reply">For one chunk to be taken, and from the last one to the end of the reply.</param>
public sealed record ClamdTimeouts(TimeSpan Connect, TimeSpan Command, TimeSpan Reply)
{
    /// <summary>With the scan's own time limit for the reply.</summary>
    public static ClamdTimeouts For(TimeSpan scan) => new(TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(10), scan);
}
