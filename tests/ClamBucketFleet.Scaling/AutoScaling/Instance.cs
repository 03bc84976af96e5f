namespace ClamBucketFleet.Scaling.AutoScaling;

/// <summary>One instance's way, in seconds from the start of the simulation.</summary>
public sealed class Instance(int launched, int inService, int ready)
{
    public const int Never = int.MaxValue;

    public int Launched => launched;

    public int InService => inService;

    /// <summary>When it begins to leave: a scale-in, or the notice of a Spot interruption.</summary>
    public int Leaving { get; private set; } = Never;

    /// <summary>When it is gone, and costs nothing any more.</summary>
    public int Gone { get; private set; } = Never;

    /// <summary>Whether the group knows that it leaves. It learns of a lost Spot Instance only afterwards.</summary>
    public bool IsCountedUntilGone { get; private set; }

    public bool IsInService(int now) => now >= inService && now < Leaving;

    public bool Works(int now) => now >= ready && now < Leaving;

    public bool IsTerminating(int now) => now >= Leaving && now < Gone && !IsCountedUntilGone;

    /// <summary>Whether it is part of what the group compares with its desired capacity.</summary>
    public bool Counts(int now) => now < Leaving || (IsCountedUntilGone && now < Gone);

    /// <summary>The seconds in which it gets from one state to the next.</summary>
    public IEnumerable<int> Changes => [inService, ready, Leaving, Gone];

    public void Leave(int now, int gone, bool countedUntilGone)
        => (Leaving, Gone, IsCountedUntilGone) = (now, gone, countedUntilGone);
}
