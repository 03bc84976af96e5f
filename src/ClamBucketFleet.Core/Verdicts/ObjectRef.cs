namespace ClamBucketFleet;

/// <summary>What a message on the scan queue says of one object. A claim, not yet a fact.</summary>
/// <param name="Bucket">Bucket name.</param>
/// <param name="Key">Object key, decoded.</param>
/// <param name="VersionId">Version, or null where the message names none.</param>
/// <param name="ETag">ETag without quotes, or null where the message names none.</param>
/// <param name="EventTime">When the event happened, or null where the message does not say.</param>
public sealed record ObjectRef(
    string Bucket,
    string Key,
    string? VersionId = null,
    string? ETag = null,
    DateTimeOffset? EventTime = null);
