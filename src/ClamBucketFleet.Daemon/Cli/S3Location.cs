namespace ClamBucketFleet.Daemon.Cli;

/// <summary>An <c>s3://bucket/key</c> as people type it. The key is taken as it stands.</summary>
internal static class S3Location
{
    private const string Scheme = "s3://";

    public static bool Is(string target) => target.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase);

    /// <exception cref="UsageException">There is no bucket, or no key.</exception>
    public static ObjectLocation Parse(string target) =>
        target[Scheme.Length..].Split('/', 2) is [{ Length: >= 3 } bucket, { Length: > 0 } key]
            ? new ObjectLocation(bucket, key)
            : throw new UsageException($"'{SafeText.Escape(target)}' names no object: write s3://bucket/key.");
}
