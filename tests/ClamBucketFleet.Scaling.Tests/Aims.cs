using ClamBucketFleet.Scaling.AutoScaling;

namespace ClamBucketFleet.Scaling.Tests;

/// <summary>What scaling that is right does; each gives what is wrong, or nothing.</summary>
internal static class Aims
{
    private const int Hour = 3600;

    private static readonly Assumptions Assumed = new();

    public static string? DoneWithinTheHour(Result result)
        => result.IsEmptyAtEnd && result.EmptyAt - Traces.BurstAt <= Hour ? null : $"a burst was not done at {result.EmptyAt} s";

    /// <summary>By the first minute whose data point shows the message: the rest of a minute, the delay, and the alarm's own.</summary>
    public static string? WakesWithinOnePeriod(Result result)
    {
        var limit = 60 + Assumed.MetricDelaySeconds + Assumed.LaunchSeconds + Assumed.ReadySeconds;
        return result.Queue.Waits.Count > 0 && result.IsEmptyAtEnd && result.OldestSeconds <= limit ? null : $"an object waited for {result.OldestSeconds} s, or for ever";
    }

    public static string? GoesBackToItsMinimum(Result result)
        => result.Samples[^1].Desired == result.Stack.Group.MinSize ? null : $"{result.Samples[^1].Desired} instances are left";

    public static string? NeverMoreThan(Result result, int instances)
        => result.MaxInstances <= instances ? null : $"{result.MaxInstances} instances";

    public static string? DoesNotFlap(Result result) => result.Flaps == 0 ? null : $"{result.Flaps} flaps";

    public static string? LetsNothingGoWhileMessagesWait(Result result)
        => result.Actions.FirstOrDefault(action => !action.IsOut && action.Waiting > 0) is { } wrong ? $"{wrong}" : null;

    public static string? KeepsUp(Result result)
        => result.OldestSeconds < Hour / 6 && result.Queue.Waits.Percentile(0.95) < 60 ? null : $"objects waited for {result.OldestSeconds} s";

    /// <summary>Not many more instance-hours than the arrivals alone keep busy, the minimum included.</summary>
    public static string? WastesLittle(Result result)
    {
        var needed = Math.Max(result.Queue.Waits.Count / Assumed.ObjectsPerSecond / Hour, result.Trace.Duration.TotalHours * result.Stack.Group.MinSize);
        return result.InstanceHours <= 2 * needed ? null : $"{result.InstanceHours:N0} instance-hours for {needed:N0}";
    }

    /// <summary>Those that are missed, looked for one by one, the quick ones first.</summary>
    public static IEnumerable<string> Missed(Func<Trace, Result> play)
        => All(play).Select(aim => aim()).OfType<string>();

    private static IEnumerable<Func<string?>> All(Func<Trace, Result> play) =>
    [
        .. Of(new Lazy<Result>(() => play(Traces.Burst)), DoneWithinTheHour, GoesBackToItsMinimum, DoesNotFlap, LetsNothingGoWhileMessagesWait),
        .. Of(new Lazy<Result>(() => play(Traces.Poison)), result => NeverMoreThan(result, 10)),
        .. Of(new Lazy<Result>(() => play(Traces.TrickleFromZero)), WakesWithinOnePeriod, DoesNotFlap),
        .. Of(new Lazy<Result>(() => play(Traces.Week)), KeepsUp, WastesLittle, DoesNotFlap, LetsNothingGoWhileMessagesWait),
    ];

    private static IEnumerable<Func<string?>> Of(Lazy<Result> result, params Func<Result, string?>[] aims)
        => aims.Select(aim => (Func<string?>)(() => aim(result.Value)));

    public static bool IsOut(ScalingPolicy policy) => policy.Steps.Any(step => step.Adjustment > 0);
}
