namespace ClamBucketFleet.Inspection;

/// <summary>What a look into an object over the limit came to.</summary>
/// <param name="BytesInspected">
/// Bytes that the engine read, unpacked; what two windows have in common counts once.
/// </param>
/// <param name="Members">Members of archives that were met, directories and links among them.</param>
/// <param name="Windows">Windows that the engine read.</param>
public sealed record InspectionResult(Verdict Verdict, long BytesInspected, int Members, int Windows);
