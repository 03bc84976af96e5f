namespace ClamBucketFleet.Scaling.AutoScaling;

/// <summary>
/// Amazon EC2 Auto Scaling: what alarms make of the desired capacity, and what the group does to reach it.
/// Sources: https://docs.aws.amazon.com/autoscaling/ec2/userguide/as-scaling-simple-step.html and
/// https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-default-instance-warmup.html
/// </summary>
public sealed class ScalingGroup
{
    private const int LongAgo = -86_400;

    private readonly GroupDefinition _definition;
    private readonly Assumptions _assumptions;
    private readonly List<Instance> _all = [];
    private readonly List<ScalingAction> _actions = [];
    private int _quietUntil;
    private long _goneSeconds;
    private Counts? _counts;

    /// <param name="desired">What it begins with; its minimum where nothing else is said.</param>
    public ScalingGroup(GroupDefinition definition, Assumptions assumptions, int? desired = null)
    {
        (_definition, _assumptions) = (definition, assumptions);
        Desired = desired ?? definition.MinSize;
        // The stack has stood for a while: what it holds at least has long been at work.
        for (var i = 0; i < Desired; i++) _all.Add(new Instance(0, LongAgo, 0));
    }

    public int Desired { get; private set; }

    public IReadOnlyList<Instance> Instances => _all;

    public IReadOnlyList<ScalingAction> Actions => _actions;

    public int InService(int now) => Now(now).InService;

    public int Working(int now) => Now(now).Working;

    /// <summary>What an alarm's action does. CloudWatch repeats it each minute for as long as the alarm stays.</summary>
    /// <param name="points">The data points that the alarm evaluated.</param>
    /// <param name="waiting">For the record only.</param>
    public void Execute(ScalingPolicy policy, IReadOnlyList<double> points, double threshold, int now, long waiting)
    {
        // A simple policy waits for what is under way, and for its cooldown after that.
        if (!policy.IsStepScaling && (IsScalingOut(now, TimeSpan.Zero) || now < _quietUntil)) return;
        if (StepScaling.Adjustment(policy, StepScaling.Aggregate(policy, points) - threshold) is not { } adjustment) return;

        var wanted = policy.AdjustmentType == AdjustmentType.ExactCapacity ? adjustment - Desired : adjustment;
        var next = wanted > 0 ? Out(policy, adjustment, now) : In(policy, adjustment, now);
        if (next == Desired) return;

        _actions.Add(new ScalingAction(now, Desired, next, policy.Name, waiting));
        Desired = next;
        _quietUntil = now + (int)policy.Cooldown.TotalSeconds;
    }

    /// <summary>Launches and terminates until the group is as large as it should be.</summary>
    public void Reconcile(int now)
    {
        var counted = Now(now).Counted;
        if (counted == Desired) return;

        _goneSeconds += _all.Where(instance => instance.Gone <= now).Sum(instance => (long)instance.Gone - instance.Launched);
        _all.RemoveAll(instance => instance.Gone <= now);
        foreach (var instance in _all.Where(instance => now < instance.Leaving).Take(counted - Desired).ToList())
            Terminate(instance, now);
        for (; counted < Desired; counted++)
        {
            var inService = now + _assumptions.LaunchSeconds;
            _all.Add(new Instance(now, inService, inService + _assumptions.ReadySeconds));
        }

        _counts = null;
    }

    /// <summary>EC2 takes back a part of the fleet, with its notice of two minutes.</summary>
    public void Interrupt(double share, int now)
    {
        var working = _all.Where(instance => instance.IsInService(now)).ToList();
        foreach (var instance in working.Take((int)Math.Round(working.Count * share)))
        {
            var gone = now + _assumptions.SpotNoticeSeconds;
            instance.Leave(now, gone + _assumptions.SpotReplacementSeconds, countedUntilGone: true);
        }

        _counts = null;
    }

    /// <summary>Hours that instances ran, from their launch to their end.</summary>
    public double InstanceHours(int end)
        => (_goneSeconds + _all.Sum(instance => (long)Math.Min(instance.Gone, end) - instance.Launched)) / 3600.0;

    // Instances that warm up are not yet capacity: the same breach again asks for what is on its way already.
    private int Out(ScalingPolicy policy, int adjustment, int now)
    {
        var warm = _all.Count(instance => instance.IsInService(now) && now >= instance.InService + policy.Warmup.TotalSeconds);
        return Math.Max(Desired, Limited(StepScaling.Capacity(policy, warm, adjustment)));
    }

    // Terminating instances still count, and nothing goes while something comes.
    private int In(ScalingPolicy policy, int adjustment, int now)
    {
        if (IsScalingOut(now, policy.Warmup)) return Desired;

        var current = _all.Count(instance => instance.IsInService(now) || instance.IsTerminating(now));
        return Math.Min(Desired, Limited(StepScaling.Capacity(policy, current, adjustment)));
    }

    private bool IsScalingOut(int now, TimeSpan warmup)
        => _all.Any(instance => now < instance.Leaving && now < instance.InService + warmup.TotalSeconds && instance.Launched < instance.InService);

    // Counted once for all the seconds in which no instance gets from one state to the next.
    private Counts Now(int now)
    {
        if (_counts is { } known && now < known.Until) return known;

        return _counts = new Counts(
            _all.Count(instance => instance.IsInService(now)),
            _all.Count(instance => instance.Works(now)),
            _all.Count(instance => instance.Counts(now)),
            _all.SelectMany(instance => instance.Changes).Where(change => change > now).DefaultIfEmpty(Instance.Never).Min());
    }

    private int Limited(int capacity) => Math.Clamp(capacity, _definition.MinSize, _definition.MaxSize);

    private void Terminate(Instance instance, int now)
    {
        var drained = now + Math.Min(_assumptions.DrainSeconds, (int)_definition.DrainLimit.TotalSeconds);
        instance.Leave(now, drained + _assumptions.ShutdownSeconds, countedUntilGone: false);
    }

    private sealed record Counts(int InService, int Working, int Counted, int Until);
}
