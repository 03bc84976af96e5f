using System.Globalization;

namespace ClamBucketFleet.Aws.Instance;

/// <summary>What the instance was told about its end.</summary>
public abstract record Notice
{
    /// <summary>For people, after "for": <c>a Spot interruption at 12:00:05Z</c>.</summary>
    public abstract string Words { get; }

    protected static string TimeOfDay(DateTimeOffset at) =>
        at.UtcDateTime.ToString("HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}

/// <summary>EC2 takes this Spot instance back; about two minutes earlier it says so.</summary>
/// <param name="Action"><c>terminate</c>, <c>stop</c> or <c>hibernate</c>.</param>
/// <param name="At">When.</param>
public sealed record SpotInterruption(string Action, DateTimeOffset At) : Notice
{
    public override string Words => $"a Spot interruption at {TimeOfDay(At)}";
}

/// <summary>EC2 expects to take this Spot instance back, perhaps in minutes, perhaps never.</summary>
/// <param name="Since">When it said so, in whole seconds.</param>
public sealed record RebalanceRecommendation(DateTimeOffset Since) : Notice
{
    public override string Words => $"a rebalance recommendation of {TimeOfDay(Since)}";
}

/// <summary>The group takes this instance out of service.</summary>
/// <param name="TargetState">Where it goes: <c>Terminated</c>, <c>Warmed:Stopped</c> and the like.</param>
public sealed record LeavesService(string TargetState) : Notice
{
    public override string Words => $"its group's target state {TargetState}";
}
