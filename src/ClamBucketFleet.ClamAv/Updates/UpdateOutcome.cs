namespace ClamBucketFleet.ClamAv;

/// <summary>How an update ended that did not fail.</summary>
public enum UpdateResult
{
    /// <summary>Other definitions are in use than before.</summary>
    New,

    Unchanged,

    /// <summary>The source asked to be left alone for a while, and the definitions in use are young enough for that.</summary>
    StayedAway,
}

/// <summary>What came of an update.</summary>
/// <param name="Result">In a word.</param>
/// <param name="InUse">The definitions from now on.</param>
/// <param name="Changed">Names of the databases that came, went or are others now.</param>
/// <param name="StayAway">Until when nobody is asked, and why.</param>
/// <param name="Warning">What did not work, and undoes nothing; null where all did.</param>
public sealed record UpdateOutcome(
    UpdateResult Result,
    InstalledDefinitions InUse,
    IReadOnlyList<string> Changed,
    StayAway? StayAway,
    string? Warning);

/// <summary>The same before anybody has looked at the age of what is in use.</summary>
/// <param name="Unasked">Why the source was not asked, though nobody asked for patience.</param>
internal sealed record Progress(IReadOnlyList<string> Changed, StayAway? StayAway, string? Unasked = null)
{
    public static readonly Progress None = new([], null);

    /// <summary>This, and what came after it.</summary>
    public Progress Then(Progress next) => new([.. Changed.Union(next.Changed)], next.StayAway, next.Unasked);
}
