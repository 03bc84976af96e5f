namespace ClamBucketFleet.ClamAv;

/// <summary>Signatures for what ClamAV calls clean without having looked into it, and without an alert of its own.</summary>
internal static class OwnSignatures
{
    /// <summary>Any RAR archive, for an engine that cannot read them.</summary>
    public const string NoUnrar = "Heuristics.Limits.Exceeded.NoUnrar";

    /// <summary>How their files are called, here and in clamd's database directory.</summary>
    public static readonly IReadOnlyList<string> FileNames = ["clambucketfleet.ldb", "clambucketfleet-rar.ldb"];

    public static void Write(Stream to)
    {
        foreach (var name in FileNames)
        {
            using var signatures = typeof(OwnSignatures).Assembly.GetManifestResourceStream(name)!;
            signatures.CopyTo(to);
        }
    }
}
