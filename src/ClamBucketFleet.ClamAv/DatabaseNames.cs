using Databases = ClamBucketFleet.DatabaseNames;

namespace ClamBucketFleet.ClamAv;

/// <summary>Which files of a database directory ClamAV loads, and which of them are the product's own.</summary>
internal static class DatabaseNames
{
    /// <summary>What the product's own files begin with: signatures that say nothing about the age of definitions.</summary>
    public const string Own = "clambucketfleet";

    /// <summary>By which clamd can be asked what it has loaded.</summary>
    public const string LoadedMark = Own + "-loaded.hsb";

    public static bool IsSigned(string name) => Databases.IsSigned(name);

    /// <summary>Whether ClamAV loads a file of this name, the product's own among them.</summary>
    public static bool IsLoaded(string name) => name is not ['.', ..] && Databases.IsLoaded(name);

    /// <summary>Whether this is a database's name as everybody writes it, and none of the product's own.</summary>
    public static bool IsDatabase(string name) =>
        name is not ['.', ..] && Databases.IsDatabase(name) && !name.StartsWith(Own, StringComparison.Ordinal);
}
