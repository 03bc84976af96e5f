using System.Text.Json.Serialization;

namespace ClamBucketFleet;

/// <summary>One verdict and what was done about it, as subscribers get it.</summary>
/// <param name="Id">SHA-256 of bucket, key, version, ETag and status: the same for every copy of an alert.</param>
/// <param name="Time">UTC, to the second.</param>
/// <param name="Action"><c>DELETE</c>, <c>QUARANTINE</c>, <c>TAG</c>, <c>MOVE</c>, <c>NONE</c> or <c>FAILED</c>.</param>
/// <param name="Error">What failed, where the action is <c>FAILED</c> or the status <c>PROCESSING_ERROR</c>.</param>
/// <param name="Size">Bytes; null where the object was never opened.</param>
/// <param name="Sha256">Lower-case hexadecimal; null where the content was not read whole.</param>
/// <param name="Destination"><c>s3://bucket/key</c> of the copy, where there is one.</param>
/// <param name="Instance">EC2 instance, or the host's name.</param>
public sealed record Alert(
    string Id,
    DateTimeOffset Time,
    string Status,
    string Action,
    string? Error,
    string Bucket,
    string Key,
    string? VersionId,
    string? ETag,
    long? Size,
    string? Sha256,
    IReadOnlyList<string> Signatures,
    string? Reason,
    string? Destination,
    string? Engine,
    AlertDefinitions? Definitions,
    string? Instance,
    int? ReceiveCount,
    AlertSeconds Seconds)
{
    [JsonPropertyOrder(-1)]
    public int Schema { get; } = 1;
}

/// <summary>The definitions that a verdict rests on.</summary>
public sealed record AlertDefinitions(string? Version, DateTimeOffset? Published);

/// <summary>Where the time went, in seconds; null where there was no such step.</summary>
public sealed record AlertSeconds(double? Queued, double? Download, double? Scan);
