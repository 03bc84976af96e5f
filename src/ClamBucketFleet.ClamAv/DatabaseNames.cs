namespace ClamBucketFleet.ClamAv;

/// <summary>Which files of a database directory ClamAV loads, by their names.</summary>
internal static class DatabaseNames
{
    /// <summary>What the product's own files begin with: signatures that say nothing about the age of definitions.</summary>
    public const string Own = "clambucketfleet";

    private static readonly string[] Signed = [".cvd", ".cld", ".cud"];
    private static readonly string[] Unsigned =
    [
        ".hdb", ".hsb", ".hdu", ".hsu", ".mdb", ".msb", ".mdu", ".msu", ".ndb", ".ndu", ".ldb", ".ldu", ".cdb", ".cbc",
        ".crb", ".fp", ".sfp", ".ign", ".ign2", ".yar", ".yara", ".pdb", ".gdb", ".wdb", ".idb", ".ftm", ".cat", ".db",
        ".imp", ".pwdb",
    ];

    public static bool IsSigned(string name) => Has(name, Signed);

    /// <summary>Whether ClamAV loads a file of this name, the product's own among them.</summary>
    public static bool IsLoaded(string name) => name is not ['.', ..] && (Has(name, Signed) || Has(name, Unsigned));

    /// <summary>The same without the product's own.</summary>
    public static bool IsDatabase(string name) => IsLoaded(name) && !name.StartsWith(Own, StringComparison.Ordinal);

    private static bool Has(string name, string[] extensions) =>
        extensions.Contains(Path.GetExtension(name), StringComparer.Ordinal);
}
