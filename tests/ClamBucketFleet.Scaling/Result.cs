using ClamBucketFleet.Scaling.AutoScaling;
using ClamBucketFleet.Scaling.Queue;
using ClamBucketFleet.Scaling.Stack;

namespace ClamBucketFleet.Scaling;

/// <summary>One minute of a simulation.</summary>
/// <param name="Backlog">Messages that are not deleted.</param>
/// <param name="Arrived">Good messages that came in this minute.</param>
public sealed record Sample(int At, long Backlog, long Arrived, int InService, int Desired);

/// <summary>What a trace did to a fleet. Times are seconds.</summary>
public sealed record Result(
    Trace Trace,
    FleetStack Stack,
    IReadOnlyList<Sample> Samples,
    IReadOnlyList<ScalingAction> Actions,
    ScanQueue Queue)
{
    /// <summary>An instance that was let go, and one that was needed within this time, is flapping.</summary>
    public static readonly TimeSpan FlappingWithin = TimeSpan.FromMinutes(30);

    /// <summary>The last second in which the queue held anything.</summary>
    public required int EmptyAt { get; init; }

    /// <summary>The age of the oldest object that waited at any time. Poisonous messages do not count.</summary>
    public required int OldestSeconds { get; init; }

    public required double InstanceHours { get; init; }

    /// <summary>Seconds of instances that were ready and had nothing to do.</summary>
    public required double IdleSeconds { get; init; }

    public required bool IsEmptyAtEnd { get; init; }

    public long MaxBacklog => Samples.Max(sample => sample.Backlog);

    public int MaxInstances => Samples.Max(sample => sample.InService);

    public int ScaleOuts => Actions.Count(action => action.IsOut);

    public int ScaleIns => Actions.Count(action => !action.IsOut);

    /// <summary>Each scale-out after a scale-in, and the other way round.</summary>
    public IReadOnlyList<ScalingAction> Turns
        => [.. Actions.Zip(Actions.Skip(1)).Where(pair => pair.First.IsOut != pair.Second.IsOut).Select(pair => pair.Second)];

    /// <summary>Scale-outs that follow a scale-in within <see cref="FlappingWithin"/>.</summary>
    public int Flaps => Actions.Zip(Actions.Skip(1)).Count(pair =>
        !pair.First.IsOut && pair.Second.IsOut && pair.Second.At - pair.First.At < FlappingWithin.TotalSeconds);

    /// <summary>The longest that the fleet stayed at its maximum.</summary>
    public TimeSpan LongestAtMaximum
    {
        get
        {
            var (longest, run) = (0, 0);
            foreach (var sample in Samples)
            {
                run = sample.Desired == Stack.Group.MaxSize ? run + 1 : 0;
                longest = Math.Max(longest, run);
            }

            return TimeSpan.FromMinutes(longest);
        }
    }
}
