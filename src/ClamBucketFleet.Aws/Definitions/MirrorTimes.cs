namespace ClamBucketFleet.Aws.Definitions;

/// <summary>How long things of the mirror hold.</summary>
/// <param name="Renewal">Between renewals of a lease, and for one to be answered.</param>
/// <param name="GiveUp">After the last renewal that worked, by the holder's clock: well before it can be taken over.</param>
/// <param name="Expiry">After the last renewal, by the service's clock, anybody may take the lease.</param>
/// <param name="KeepUnused">For files that no manifest names: an instance may be fetching them, another about to name them.</param>
public sealed record MirrorTimes(TimeSpan Renewal, TimeSpan GiveUp, TimeSpan Expiry, TimeSpan KeepUnused)
{
    public static MirrorTimes Default { get; } = new(
        Renewal: TimeSpan.FromSeconds(10),
        GiveUp: TimeSpan.FromSeconds(45),
        Expiry: TimeSpan.FromSeconds(60),
        KeepUnused: TimeSpan.FromHours(1));
}
