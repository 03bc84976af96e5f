namespace ClamBucketFleet;

/// <summary>Which files of a database directory ClamAV 1.4.6 loads, by their extensions.</summary>
public static class DatabaseNames
{
    private static readonly string[] Signed = [".cvd", ".cld", ".cud"];
    private static readonly string[] Unsigned =
    [
        ".hdb", ".hsb", ".hdu", ".hsu", ".mdb", ".msb", ".mdu", ".msu", ".ndb", ".ndu", ".ldb", ".ldu", ".sdb", ".zmd",
        ".rmd", ".cdb", ".cbc", ".crb", ".fp", ".sfp", ".ign", ".ign2", ".yar", ".yara", ".ioc", ".pdb", ".gdb", ".wdb",
        ".idb", ".ftm", ".cat", ".cfg", ".db", ".imp", ".pwdb",
    ];

    /// <summary>Whether a file of that name holds databases with their publisher's signature and version.</summary>
    public static bool IsSigned(string name) => Signed.Contains(Path.GetExtension(name), StringComparer.Ordinal);

    /// <summary>Whether a file of that name is a database without a signature.</summary>
    public static bool IsUnsigned(string name) => Unsigned.Contains(Path.GetExtension(name), StringComparer.Ordinal);

    /// <summary>Whether a file of that name is a database, its extension in lower case as everybody writes it.</summary>
    public static bool IsDatabase(string name) => IsSigned(name) || IsUnsigned(name);

    /// <summary>Whether ClamAV loads a file of that name, to which case means nothing.</summary>
    public static bool IsLoaded(string name) =>
        Signed.Concat(Unsigned).Contains(Path.GetExtension(name), StringComparer.OrdinalIgnoreCase);
}
