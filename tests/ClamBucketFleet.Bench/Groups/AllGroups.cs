namespace ClamBucketFleet.Bench.Groups;

/// <summary>Every group, those with realistic definitions first, so that clamd loads them once.</summary>
internal static class AllGroups
{
    public static IReadOnlyList<Group> InOrder { get; } =
    [
        new("small", SmallGroup.RunAsync),
        new("mixed", UploadGroups.MixedAsync),
        new("large", UploadGroups.LargeAsync),
        new("clamscan", ClamscanGroup.RunAsync),
        new("toy", ToyGroups.ToyAsync),
        new("long", ToyGroups.LongAsync),
        new("backlog", ToyGroups.BacklogAsync),
        new("pair", ToyGroups.PairAsync),
        new("crowd", ToyGroups.CrowdAsync),
    ];
}
