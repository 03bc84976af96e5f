namespace ClamBucketFleet.ClamAv.Tests.Truth;

/// <summary>Limits that both engines run with.</summary>
internal enum LimitSet
{
    /// <summary>The product's own: as high as ClamAV allows.</summary>
    Own,

    /// <summary>1 MiB for a file and for a scan, ten files, six levels.</summary>
    Low,

    /// <summary>The product's own, with one second for a scan.</summary>
    Short,
}

/// <summary>A hostile input, and what must be said of it.</summary>
/// <param name="Expected">The status, with the reason behind it where there is one.</param>
internal sealed record Specimen(string Name, string Expected, Func<byte[]> Make, LimitSet Limits = LimitSet.Own)
{
    public const string Found = "INFECTED";
    public const string Harmless = "CLEAN";
    public const string Limit = "UNSCANNABLE limits-exceeded";
    public const string Encrypted = "UNSCANNABLE encrypted";
    public const string TooSlow = "UNSCANNABLE timeout";
    public const string TooLarge = "UNSCANNABLE too-large";
    public const string NoVerdict = "no verdict, tried again";

    /// <summary>Where more is claimed than there is; nothing of it may be read.</summary>
    public long? Claims { get; init; }
}

/// <summary>One line of the table.</summary>
internal sealed record TruthRow(string Name, string Expected, string Clamd, string Clamscan)
{
    /// <summary>Where the engines must differ, both are named, clamd first.</summary>
    public bool IsRight => Expected == (Expected.Contains(" / ", StringComparison.Ordinal) ? $"{Clamd} / {Clamscan}" : Clamd) &&
        (Expected.Contains(" / ", StringComparison.Ordinal) || Clamscan == Expected);

    public override string ToString() => $"| {Name} | {Expected} | {Clamd} | {Clamscan} |";
}
