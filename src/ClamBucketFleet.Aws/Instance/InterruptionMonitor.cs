using System.Globalization;
using System.Text.Json;

namespace ClamBucketFleet.Aws.Instance;

/// <summary>Looks at one of the places where an instance is told about its end.</summary>
/// <param name="metadata">Where the documents are.</param>
/// <param name="path">The document.</param>
public abstract class InterruptionMonitor(InstanceMetadata metadata, string path)
{
    /// <summary>What stands there; null where it is nothing, or nothing to end for.</summary>
    /// <exception cref="ServiceUnreachableException">The metadata cannot be asked.</exception>
    /// <exception cref="TryAgainException">What stands there cannot be read: that is no notice.</exception>
    public async Task<Notice?> LookAsync(CancellationToken cancellationToken)
    {
        if (await metadata.ReadAsync(path, cancellationToken).ConfigureAwait(false) is not { } document)
            return null;
        try
        {
            return Read(document.Trim());
        }
        catch (Exception e) when (e is JsonException or FormatException or KeyNotFoundException or InvalidOperationException)
        {
            throw new TryAgainException(
                $"The instance metadata's {path} cannot be read: {SafeText.Escape(e.Message)} It said: '{SafeText.Escape(document)}'", e);
        }
    }

    protected abstract Notice? Read(string document);

    protected static DateTimeOffset Time(JsonElement time) => DateTimeOffset.Parse(
        time.GetString() ?? throw new FormatException("There is no time."),
        CultureInfo.InvariantCulture,
        DateTimeStyles.AssumeUniversal);
}

/// <summary>The interruption of a Spot instance.</summary>
/// <remarks>https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/spot-instance-termination-notices.html</remarks>
public sealed class SpotMonitor(InstanceMetadata metadata) : InterruptionMonitor(metadata, "spot/instance-action")
{
    protected override Notice Read(string document)
    {
        using var json = JsonDocument.Parse(document);
        var action = json.RootElement.GetProperty("action").GetString();
        return new SpotInterruption(SafeText.Escape(action ?? ""), Time(json.RootElement.GetProperty("time")));
    }
}

/// <summary>The recommendation to replace a Spot instance.</summary>
/// <remarks>https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/rebalance-recommendations.html</remarks>
public sealed class RebalanceMonitor(InstanceMetadata metadata)
    : InterruptionMonitor(metadata, "events/recommendations/rebalance")
{
    protected override Notice Read(string document)
    {
        using var json = JsonDocument.Parse(document);
        return new RebalanceRecommendation(Time(json.RootElement.GetProperty("noticeTime")));
    }
}

/// <summary>The state that the group has for this instance.</summary>
/// <remarks>
/// https://docs.aws.amazon.com/autoscaling/ec2/userguide/retrieving-target-lifecycle-state-through-imds.html
/// </remarks>
public sealed class LifecycleMonitor(InstanceMetadata metadata)
    : InterruptionMonitor(metadata, "autoscaling/target-lifecycle-state")
{
    // Standby and Detached leave the machine to a person, and nothing would start the daemon again when it comes back.
    protected override Notice? Read(string document) =>
        document is "Terminated" or "Stopped" or "Hibernated" || document.StartsWith("Warmed:", StringComparison.Ordinal)
            ? new LeavesService(SafeText.Escape(document))
            : null;
}
