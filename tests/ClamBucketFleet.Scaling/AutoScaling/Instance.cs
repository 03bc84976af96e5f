namespace ClamBucketFleet.Scaling.AutoScaling;

/// <summary>One instance's way, in seconds from the start of the simulation.</summary>
public sealed class Instance(int launched, int inService, int ready)
{
    public const int Never = int.MaxValue;

    public int Launched => launched;

    public int InService => inService;

    /// <summary>When it begins to leave: a scale-in, or the notice of a Spot interruption.</summary>
    public int Leaving { get; private set; } = Never;

    /// <summary>When its work in hand has ended, or was cut off.</summary>
    public int Drained { get; private set; } = Never;

    /// <summary>When it is gone, and costs nothing any more.</summary>
    public int Gone { get; private set; } = Never;

    /// <summary>Whether the group knows that it leaves. It learns of a lost Spot Instance only afterwards.</summary>
    public bool IsCountedUntilGone { get; private set; }

    public bool IsInService(int now) => now >= inService && now < Leaving;

    public bool Works(int now) => now >= ready && now < Leaving;

    public bool IsTerminating(int now) => now >= Leaving && now < Gone && !IsCountedUntilGone;

    /// <summary>Whether it is part of what the group compares with its desired capacity.</summary>
    public bool Counts(int now) => now < Leaving || (IsCountedUntilGone && now < Gone);

    public void Leave(int now, int drained, int gone, bool countedUntilGone)
    {
        (Leaving, Drained, Gone, IsCountedUntilGone) = (now, drained, gone, countedUntilGone);
    }
}
