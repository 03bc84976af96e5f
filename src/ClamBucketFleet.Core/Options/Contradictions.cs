namespace ClamBucketFleet.Options;

/// <summary>What no single key shows: settings that cannot hold together.</summary>
internal static class Contradictions
{
    /// <summary>The most that ClamAV reads, whatever its own options say: 2 GiB less one byte.</summary>
    private const long EngineLimit = int.MaxValue;

    public static IEnumerable<string> In(FleetOptions options)
    {
        if (options.Scan.MaxObjectSize is < 1 or > EngineLimit)
        {
            yield return $"{Settings.ScanMaxObjectSize.Key} is '{options.Scan.MaxObjectSize}': allowed is 1 to " +
                         $"{EngineLimit}, the most that ClamAV reads.";
        }

        foreach (var error in InPolicy("", options.Policy))
            yield return error;

        foreach (var (bucket, policy) in options.Buckets)
        {
            foreach (var error in InPolicy($"Buckets:{bucket}:", policy).Concat(WithinBucket(bucket, policy)))
                yield return error;
        }
    }

    private static IEnumerable<string> InPolicy(string at, BucketPolicy policy)
    {
        if (policy.Quarantine.Bucket is null)
        {
            if (policy.Infected == InfectedAction.Quarantine)
                yield return Needs(at, Settings.InfectedAction, "quarantine", Settings.QuarantineBucket);
            if (policy.Unscannable == UnscannableAction.Quarantine)
                yield return Needs(at, Settings.UnscannableAction, "quarantine", Settings.QuarantineBucket);
        }

        if (policy.Clean == CleanAction.Move && policy.CleanDestination.Bucket is null)
            yield return Needs(at, Settings.CleanAction, "move", Settings.CleanBucket);

        if (policy.Quarantine.Bucket is not null && policy.Quarantine == policy.CleanDestination)
        {
            yield return $"{at}{Settings.QuarantineBucket.Key} and {at}{Settings.CleanBucket.Key} name the same place " +
                         $"'{policy.Quarantine.Bucket}/{policy.Quarantine.Prefix}': clean and infected objects need " +
                         "two.";
        }

        if (CopiesLieWithinQuarantine(policy))
        {
            yield return $"{at}{Settings.CleanPrefix.Key} is '{policy.CleanDestination.Prefix}', within the quarantine " +
                         $"'{policy.Quarantine.Bucket}/{policy.Quarantine.Prefix}': clean objects would count as " +
                         "quarantined there.";
        }

        string[] keys = [policy.Tags.StatusKey, policy.Tags.TimestampKey, policy.Tags.SignatureKey];
        if (keys.Distinct(StringComparer.Ordinal).Count() < keys.Length)
            yield return $"{at}Tags: the status, timestamp and signature keys are '{string.Join("', '", keys)}': they must differ.";
    }

    private static bool CopiesLieWithinQuarantine(BucketPolicy policy) =>
        policy.Clean == CleanAction.Move
        && (policy.Infected == InfectedAction.Quarantine || policy.Unscannable == UnscannableAction.Quarantine)
        && policy.Quarantine != policy.CleanDestination
        && policy.CleanDestination.Bucket is { } bucket
        && policy.Quarantine.Contains(bucket, policy.CleanDestination.Prefix);

    private static IEnumerable<string> WithinBucket(string bucket, BucketPolicy policy)
    {
        if (policy.Quarantine == new Destination(bucket, ""))
            yield return SamePlace(bucket, Settings.QuarantineBucket, Settings.QuarantinePrefix);
        if (policy.CleanDestination == new Destination(bucket, ""))
            yield return SamePlace(bucket, Settings.CleanBucket, Settings.CleanPrefix);
    }

    private static string Needs(string at, Setting action, string value, Setting needed) =>
        $"{at}{action.Key} is '{value}' and {at}{needed.Key} is not set: name the bucket, or choose another action.";

    private static string SamePlace(string bucket, Setting bucketKey, Setting prefixKey) =>
        $"Buckets:{bucket}:{bucketKey.Key} is the bucket itself and {prefixKey.Key} is empty: give a prefix, or " +
        "another bucket.";
}
