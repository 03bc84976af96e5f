using System.Text;
using ClamBucketFleet.TestKit;

namespace ClamBucketFleet.Daemon.Tests.Faults;

/// <summary>One disposition, in a plain or in a versioned bucket.</summary>
internal sealed record Way(string Name, string Verdict, bool Versioned)
{
    public static IReadOnlyList<Way> All { get; } = [.. Of(versioned: false), .. Of(versioned: true)];

    public bool Infected => Verdict == "INFECTED";

    public bool Leaves => IsCopied || Name == "delete";

    public bool IsCopied => Name is "quarantine" or "move";

    private static IEnumerable<Way> Of(bool versioned) =>
    [
        new("delete", "INFECTED", versioned), new("quarantine", "INFECTED", versioned), new("tag", "INFECTED", versioned),
        new("tag", "CLEAN", versioned), new("move", "CLEAN", versioned),
    ];

    /// <summary>A content of the object's own.</summary>
    public byte[] Content(string key) => [.. Infected ? Eicar.Bytes : "clean "u8.ToArray(), .. Encoding.UTF8.GetBytes(key)];

    public IEnumerable<(string Key, string Value)> Settings(string bucket, string destination)
    {
        var section = Infected ? "Infected" : "Clean";
        yield return ($"Buckets:{bucket}:{section}:Action", Name);
        if (IsCopied) yield return ($"Buckets:{bucket}:{(Infected ? "Quarantine" : "Clean")}:Bucket", destination);
    }

    public string CopyKey(string bucket, string key) => Infected ? $"{bucket}/{key}" : key;

    public override string ToString() => $"{Name} {Verdict}{(Versioned ? ", versioned" : "")}";
}

/// <summary>Where objects go a way.</summary>
internal sealed record Place(Way Way, string Bucket, string Destination);

/// <summary>An object that goes a way; the older version is there in a versioned bucket.</summary>
internal sealed record Item(Place Place, string Key, string? VersionId, string? OlderVersion, string What)
{
    public Way Way => Place.Way;

    public override string ToString() => $"{Way}, {What} ({Key})";
}
