namespace ClamBucketFleet;

/// <summary>What is known of one content after all was done that can be done now.</summary>
public abstract record Verdict
{
    private protected Verdict()
    {
    }

    /// <summary>The word in alerts, logs and tags.</summary>
    public abstract string Status { get; }

    /// <summary>Why, for verdicts that have a reason.</summary>
    public virtual string? ReasonWord => null;
}

/// <summary>
/// The engine read the whole content and said that it found nothing. Made only by
/// <see cref="EngineAnswer"/>, from an engine's complete and positive answer.
/// </summary>
public sealed record Clean : Verdict
{
    internal Clean()
    {
    }

    public override string Status => Statuses.Clean;
}

/// <summary>The engine found something.</summary>
/// <param name="Signatures">Every name the engine gave, at least one.</param>
public sealed record Infected(IReadOnlyList<string> Signatures) : Verdict
{
    public override string Status => Statuses.Infected;

    public bool Equals(Infected? other) => other is not null && Signatures.SequenceEqual(other.Signatures);

    public override int GetHashCode() => Signatures.Aggregate(0, (hash, name) => HashCode.Combine(hash, name));
}

/// <summary>No verdict on the content is possible, and trying again would not change that.</summary>
public sealed record Unscannable(UnscannableReason Reason) : Verdict
{
    public override string Status => Statuses.Unscannable;

    public override string ReasonWord => Reason.Word();
}

/// <summary>There is nothing to have a verdict on.</summary>
public sealed record Skipped(SkipReason Reason) : Verdict
{
    public override string Status => Statuses.Skipped;

    public override string ReasonWord => Reason.Word();
}
