namespace ClamBucketFleet.Scaling;

/// <summary>What arrives, and what happens to the fleet meanwhile.</summary>
/// <param name="Name">The plot's file name.</param>
/// <param name="Title">A plot's title and a row's first cell.</param>
/// <param name="Settings">Parameters of the stack that it is played against; the template's defaults for the others.</param>
public sealed record Trace(
    string Name,
    string Title,
    TimeSpan Duration,
    IReadOnlyDictionary<string, string> Settings,
    Func<int, Random, Arrivals> At)
{
    /// <summary>Whether poisonous messages are handed back by the daemon, or reappear after the visibility timeout.</summary>
    public bool PoisonReturnsAtOnce { get; init; } = true;

    /// <summary>When all that matters arrives at once, in seconds; null where arrivals never end.</summary>
    public int? Finite { get; init; }

    /// <summary>When a part of the fleet is taken back by EC2, in seconds; none where null.</summary>
    public int? InterruptionAt { get; init; }

    /// <summary>How much of the fleet that is, 0 to 1.</summary>
    public double InterruptionShare { get; init; }
}

/// <summary>Messages that come in one second.</summary>
public readonly record struct Arrivals(long Good, long Poison);
