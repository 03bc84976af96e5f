namespace ClamBucketFleet.ClamAv;

/// <summary>Signatures for what ClamAV calls clean without having looked into it, and without an alert of its own.</summary>
internal static class OwnSignatures
{
    /// <summary>Any RAR archive, for an engine that cannot read them.</summary>
    public const string NoUnrar = "Heuristics.Limits.Exceeded.NoUnrar";

    public static void Write(Stream to)
    {
        foreach (var name in new[] { "clambucketfleet.ldb", "clambucketfleet-rar.ldb" })
        {
            using var signatures = typeof(OwnSignatures).Assembly.GetManifestResourceStream(name)!;
            signatures.CopyTo(to);
        }
    }
}
