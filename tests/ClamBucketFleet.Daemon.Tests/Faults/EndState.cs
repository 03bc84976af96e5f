using Amazon.S3.Model;
using ClamBucketFleet.Daemon.Tests.Run;

namespace ClamBucketFleet.Daemon.Tests.Faults;

/// <summary>What has to be true of an object when all is done.</summary>
internal static class EndState
{
    public static async Task<IReadOnlyList<string>> FaultsAsync(Scene scene, Item item)
    {
        var faults = new List<string>();
        var (place, key) = (item.Place, item.Key);
        var content = item.Way.Content(key);
        Check(Same(await scene.ReadAsync(place.Bucket, key, item.VersionId), item.Way.Leaves ? null : content), "the object");
        if (item.Way.Versioned)
        {
            Check(Same(await scene.ReadAsync(place.Bucket, key, item.OlderVersion), "older"u8.ToArray()), "the older version");
            var versions = (await scene.S3.ListVersionsAsync(new ListVersionsRequest { BucketName = place.Bucket, Prefix = key }))
                .Versions ?? [];
            Check(versions.All(version => version.IsDeleteMarker != true), "a delete marker");
        }
        if (item.Way.IsCopied)
        {
            var copy = item.Way.CopyKey(place.Bucket, key);
            Check(Same(await scene.ReadAsync(place.Destination, copy), content), "the copy");
            if (faults.Count == 0) CheckTags(await scene.TagsAsync(place.Destination, copy), item.Way.Verdict);
        }
        if (item.Way.Name == "tag") CheckTags(await scene.TagsAsync(place.Bucket, key), item.Way.Verdict);
        if (item.Way.Name == "none") CheckTags(await scene.TagsAsync(place.Bucket, key), null);

        var alerts = scene.Alerts.Where(alert => alert.Key == key).ToList();
        var verdicts = alerts.Where(alert => alert.Status == item.Way.Verdict).ToList();
        Check(verdicts.Count > 0, "no alert");
        Check(verdicts.Select(alert => alert.Id).Distinct().Count() <= 1, "alerts with several ids");
        Check(verdicts.Count == 0 || verdicts.Any(alert => alert.Action != "FAILED"), "only alerts of failure");
        // Whoever comes after the deed was done finds nothing.
        Check(alerts.Except(verdicts).All(alert => alert is { Status: "SKIPPED", Reason: "gone" } && item.Way.Leaves),
            $"other alerts: {string.Join("; ", alerts.Except(verdicts))}");
        return faults;

        void Check(bool right, string what)
        {
            if (!right) faults.Add($"wrong: {what}");
        }

        void CheckTags(Dictionary<string, string> tags, string? status)
            => Check(tags.GetValueOrDefault("av-status") == status && tags.GetValueOrDefault("own") == "1",
                $"tags {string.Join(", ", tags)}");
    }

    private static bool Same(byte[]? one, byte[]? other) => one is null ? other is null : other is not null && one.SequenceEqual(other);
}
