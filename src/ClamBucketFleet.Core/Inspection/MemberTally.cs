namespace ClamBucketFleet.Inspection;

/// <summary>
/// What the engine said of each member of one object, and whatever was not read. Only the engine's own answers are
/// counted as clean.
/// </summary>
public sealed class MemberTally
{
    private long _declared;
    private long _clean;

    /// <summary>Why the object cannot be clean any more; null while it can.</summary>
    public UnscannableReason? NotWhole { get; private set; }

    /// <summary>Members that the engine read whole and found clean.</summary>
    public int CleanMembers { get; private set; }

    /// <summary>Whether every byte of every member was read by the engine and found clean.</summary>
    public bool EveryMemberIsClean => NotWhole is null && CleanMembers > 0 && _clean == _declared;

    /// <summary>A member that the engine is about to read.</summary>
    /// <param name="length">Bytes.</param>
    internal void Expect(long length) => _declared += length;

    /// <summary>The engine's answer on that member.</summary>
    /// <param name="answer">Made by the engine.</param>
    /// <param name="length">Bytes that it read.</param>
    internal void Add(Clean answer, long length)
    {
        ArgumentNullException.ThrowIfNull(answer);
        CleanMembers++;
        _clean += length;
    }

    /// <summary>Something was not read whole, or nobody can know what it is. The most telling reason stays.</summary>
    internal void Missed(UnscannableReason reason)
    {
        if (NotWhole is null || Weight(reason) > Weight(NotWhole.Value))
            NotWhole = reason;
    }

    private static int Weight(UnscannableReason reason) => reason switch
    {
        UnscannableReason.TooLarge => 0,
        UnscannableReason.Encrypted => 2,
        _ => 1,
    };
}
