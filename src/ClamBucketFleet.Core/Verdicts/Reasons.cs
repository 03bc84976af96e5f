namespace ClamBucketFleet;

/// <summary>The status words of the alert.</summary>
public static class Statuses
{
    public const string Clean = "CLEAN";
    public const string Infected = "INFECTED";
    public const string Unscannable = "UNSCANNABLE";
    public const string Skipped = "SKIPPED";
    public const string ProcessingError = "PROCESSING_ERROR";
}

/// <summary>Why a content cannot be judged.</summary>
public enum UnscannableReason
{
    /// <summary>Larger than <c>Scan:MaxObjectSize</c>, or than the engine can read.</summary>
    TooLarge,

    /// <summary>The engine met one of its own limits before the end.</summary>
    LimitsExceeded,

    /// <summary>Encrypted by its author.</summary>
    Encrypted,

    /// <summary>The engine took longer than <c>Scan:Timeout</c>.</summary>
    Timeout,

    /// <summary>In a storage class that must be restored before it can be read.</summary>
    Archived,

    /// <summary>Encrypted at rest with a key that this program may not use.</summary>
    NotReadable,
}

/// <summary>Why there was nothing to judge.</summary>
public enum SkipReason
{
    /// <summary>The object, or the version, is not there any more.</summary>
    Gone,

    /// <summary>The object has other content than the event spoke of; that content has an event of its own.</summary>
    Superseded,

    /// <summary>Left out by <c>Filter:Include</c> or <c>Filter:Exclude</c>.</summary>
    Filtered,

    /// <summary>Written by this program.</summary>
    OwnCopy,
}

/// <summary>The words of alerts, logs and tags for the reasons.</summary>
public static class ReasonWords
{
    public static string Word(this UnscannableReason reason) => reason switch
    {
        UnscannableReason.TooLarge => "too-large",
        UnscannableReason.LimitsExceeded => "limits-exceeded",
        UnscannableReason.Encrypted => "encrypted",
        UnscannableReason.Timeout => "timeout",
        UnscannableReason.Archived => "archived",
        UnscannableReason.NotReadable => "not-readable",
        _ => throw new ArgumentOutOfRangeException(nameof(reason), reason, null),
    };

    public static string Word(this SkipReason reason) => reason switch
    {
        SkipReason.Gone => "gone",
        SkipReason.Superseded => "superseded",
        SkipReason.Filtered => "filtered",
        SkipReason.OwnCopy => "own-copy",
        _ => throw new ArgumentOutOfRangeException(nameof(reason), reason, null),
    };
}
