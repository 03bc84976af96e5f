namespace ClamBucketFleet.Aws.Definitions;

/// <summary>The manifest that is in use.</summary>
internal sealed record StoredManifest(ManifestJson Json, string ETag)
{
    /// <summary>Null where nothing was ever published.</summary>
    /// <exception cref="TryAgainException">What is there cannot be used.</exception>
    public static async Task<StoredManifest?> ReadAsync(MirrorBucket bucket, CancellationToken cancellationToken)
    {
        var (stored, _) = await bucket.ReadTextAsync(bucket.ManifestKey, cancellationToken).ConfigureAwait(false);
        if (stored is null)
            return null;

        var json = MirrorJson.Read(stored, MirrorJson.Default.ManifestJson);
        return ManifestRules.Violation(json.Manifest, stored.Now) is { } reason
            ? throw MirrorJson.Broken(stored, reason)
            : new StoredManifest(json, stored.ETag);
    }

    /// <summary>Puts a manifest in the place of another; null for the first one.</summary>
    /// <exception cref="LeaseLostException">Another instance was faster; nothing was changed.</exception>
    public static async Task<StoredManifest> ReplaceAsync(
        MirrorBucket bucket,
        StoredManifest? before,
        DefinitionsManifest manifest,
        string lease,
        CancellationToken cancellationToken)
    {
        var json = new ManifestJson(
            MirrorJson.Schema,
            (before?.Json.Revision ?? 0) + 1,
            lease,
            manifest.Checked,
            manifest.Version,
            manifest.Published,
            manifest.Files);
        var etag = await bucket.WriteTextAsync(
            bucket.ManifestKey,
            MirrorJson.Write(json, MirrorJson.Default.ManifestJson),
            before?.ETag,
            stored => MirrorJson.Read(stored, MirrorJson.Default.ManifestJson) is var found
                && found.Lease == json.Lease
                && found.Revision == json.Revision,
            cancellationToken).ConfigureAwait(false);
        return etag is null
            ? throw new LeaseLostException(
                $"{bucket.Name(bucket.ManifestKey)} was changed by another instance since; it stays as it is.")
            : new StoredManifest(json, etag);
    }
}
