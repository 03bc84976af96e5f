using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace ClamBucketFleet;

/// <summary>Where and when an alert comes from: what all alerts of a process share.</summary>
/// <param name="instance">EC2 instance, or the host's name.</param>
/// <param name="time">The clock.</param>
public sealed class AlertFactory(string instance, TimeProvider time)
{
    /// <summary>EC2 instance, or the host's name; it may be learnt after the start.</summary>
    public string Instance { get; set; } = instance;

    /// <summary>The alert on one object.</summary>
    /// <param name="reference">What the message named.</param>
    /// <param name="content">What was opened; null where nothing was.</param>
    /// <param name="verdict">Null for a processing error.</param>
    /// <param name="action">The action's word.</param>
    /// <param name="error">What failed, or null.</param>
    /// <param name="destination">The copy, or null.</param>
    /// <param name="report">Of the scan, where there was one.</param>
    /// <param name="delivery">Null for a scan by hand.</param>
    public Alert Create(
        ObjectRef reference,
        ObjectIdentity? content,
        Verdict? verdict,
        string action,
        string? error,
        ObjectLocation? destination,
        Pipeline.ScanReport? report,
        Delivery? delivery)
    {
        var status = verdict?.Status ?? Statuses.ProcessingError;
        var version = content?.VersionId ?? reference.VersionId;
        var eTag = content?.ETag ?? reference.ETag;
        return new Alert(
            Id(reference.Bucket, reference.Key, version, eTag, status),
            time.GetUtcNow(),
            status,
            action,
            error,
            reference.Bucket,
            reference.Key,
            version,
            eTag,
            content?.Size,
            report?.Sha256,
            verdict is Infected infected ? infected.Signatures : [],
            verdict?.ReasonWord,
            destination?.ToString(),
            report?.Engine?.Version,
            report?.Engine is { } engine ? new AlertDefinitions(engine.DefinitionsVersion, engine.DefinitionsPublished) : null,
            Instance,
            delivery?.ReceiveCount,
            new AlertSeconds(Rounded(delivery?.Queued), Rounded(report?.Download), Rounded(report?.Scan)));
    }

    /// <summary>An alert on the state of the fleet itself: it names no object.</summary>
    /// <param name="error">What is wrong, or that it is over.</param>
    public Alert OfFleet(string error)
    {
        var alert = Create(new ObjectRef("", ""), null, null, "NONE", error, null, null, null);

        // It is about a moment of an instance, and not the same as the next one.
        return alert with { Id = Id(alert.Status, Instance, error, alert.Time.ToString("O", CultureInfo.InvariantCulture)) };
    }

    /// <summary>SHA-256 over the parts with lengths before them, so that no two sets of parts run together.</summary>
    private static string Id(params string?[] parts)
    {
        var text = new StringBuilder();
        foreach (var part in parts)
            text.Append(part?.Length ?? -1).Append(':').Append(part).Append('\n');
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }

    internal static double? Rounded(TimeSpan? duration) =>
        duration is { } known ? Math.Round(known.TotalSeconds, 3) : null;
}

/// <summary>How an object came to be worked on.</summary>
/// <param name="ReceiveCount">Deliveries of its message, this one included.</param>
/// <param name="Queued">Time from the event, or from the message where it names no event's time, to its delivery.</param>
/// <param name="IsLast">Whether the message goes to the dead-letter queue when this attempt fails.</param>
public sealed record Delivery(int ReceiveCount, TimeSpan Queued, bool IsLast);
