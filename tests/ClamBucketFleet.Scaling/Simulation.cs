using ClamBucketFleet.Scaling.AutoScaling;
using ClamBucketFleet.Scaling.CloudWatch;
using ClamBucketFleet.Scaling.Queue;
using ClamBucketFleet.Scaling.Stack;

namespace ClamBucketFleet.Scaling;

/// <summary>
/// Plays a trace against a stack, second by second: SQS, CloudWatch with its minutes and delays, Auto Scaling, and
/// instances that boot, work and drain. The same trace and stack give the same result.
/// </summary>
public sealed class Simulation
{
    private const int Minute = 60;
    private const int Seed = 20_260_101;

    private readonly FleetStack _stack;
    private readonly Trace _trace;
    private readonly Assumptions _assumptions;
    private readonly ScanQueue _queue;
    private readonly ScalingGroup _group;
    private readonly MetricStore _metrics;
    private readonly QueueMetrics _sources;
    private readonly Dictionary<string, AlarmState> _states;
    private readonly Random _random = new(Seed);
    private readonly List<Sample> _samples = [];
    private double _credit;
    private double _busySeconds;
    private double _workingSeconds;
    private int _lastNotEmpty;
    private int _oldest;
    private long _arrived;

    private Simulation(FleetStack stack, Trace trace, Assumptions assumptions)
    {
        (_stack, _trace, _assumptions) = (stack, trace, assumptions);
        _queue = new ScanQueue(stack.Queue, trace.PoisonReturnsAtOnce);
        _group = new ScalingGroup(stack.Group, assumptions);
        _metrics = new MetricStore(assumptions.MetricDelaySeconds);
        _sources = new QueueMetrics(_queue, _group, assumptions);
        _states = stack.Alarms.ToDictionary(alarm => alarm.Name, _ => AlarmState.InsufficientData);
        QueueMetrics.Check(stack);
    }

    /// <exception cref="NotSupportedException">The stack uses what is not simulated.</exception>
    public static Result Run(FleetStack stack, Trace trace, Assumptions? assumptions = null)
        => new Simulation(stack, trace, assumptions ?? new Assumptions()).Run();

    private Result Run()
    {
        var end = (int)_trace.Duration.TotalSeconds;
        for (var now = 0; now < end; now++) Second(now);
        return new Result(_trace, _stack, _samples, _group.Actions, _queue)
        {
            EmptyAt = _lastNotEmpty,
            OldestSeconds = _oldest,
            InstanceHours = _group.InstanceHours(end),
            IdleSeconds = _workingSeconds - _busySeconds,
            IsEmptyAtEnd = _queue.IsEmpty,
        };
    }

    private void Second(int now)
    {
        if (_trace.InterruptionAt == now) _group.Interrupt(_trace.InterruptionShare, now);
        _queue.Return(now);
        var arrivals = _trace.At(now, _random);
        _queue.Send(now, arrivals.Good, arrivals.Poison);
        _arrived += arrivals.Good;
        _group.Reconcile(now);
        var working = _group.Working(now);
        Work(now, working);
        _sources.Observe(now, working, arrivals);

        if (!_queue.IsEmpty) _lastNotEmpty = now;
        if (_queue.OldestArrival is { } arrival) _oldest = Math.Max(_oldest, now - arrival);
        if (now % Minute != 0) return;

        _sources.Publish(_metrics, now, _random);
        foreach (var alarm in _stack.Alarms) Evaluate(alarm, now);
        _samples.Add(new Sample(now, _queue.Pending + _queue.Hidden, _arrived, _group.InService(now), _group.Desired));
        _arrived = 0;
    }

    // Good and poisonous messages come in the proportion in which they wait. What a second cannot use is not saved up.
    private void Work(int now, int working)
    {
        _workingSeconds += working;
        var pending = _queue.Pending;
        if (working == 0 || pending == 0)
        {
            _credit = 0;
            return;
        }

        var poison = _queue.Poison / (double)pending;
        var cost = poison / _assumptions.PoisonPerSecond + (1 - poison) / _assumptions.ObjectsPerSecond;
        var most = working / cost + _credit;
        var count = Math.Min(pending, (long)most);
        _credit = count < pending ? most - count : 0;
        _busySeconds += Math.Min(working, count * cost);
        var failing = Math.Min(_queue.Poison, (long)Math.Round(count * poison));
        _queue.Fail(now, failing);
        _queue.Scan(now, Math.Min(_queue.Good, count - failing));
    }

    private void Evaluate(AlarmDefinition alarm, int now)
    {
        var range = _metrics.Range(alarm, now);
        var state = _states[alarm.Name] = AlarmEvaluation.Next(alarm, range, _states[alarm.Name]);
        if (state != AlarmState.Alarm) return;

        var points = AlarmEvaluation.Evaluated(alarm, range);
        // Missing data that counts as a breach has no value to choose a step by.
        if (points.Count == 0) return;

        foreach (var policy in _stack.Policies.Where(policy => alarm.Actions.Contains(policy.Arn)))
            _group.Execute(policy, points, alarm.Threshold, now, _sources.Visible(now));
    }
}
