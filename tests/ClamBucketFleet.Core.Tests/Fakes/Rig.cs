using System.Collections.Concurrent;
using ClamBucketFleet.Options;
using ClamBucketFleet.Pipeline;
using ClamBucketFleet.TestKit;

namespace ClamBucketFleet.Core.Tests.Fakes;

/// <summary>The whole way of one object, over the four fake ports and a clock that stands still.</summary>
internal sealed class Rig
{
    public Rig(params (string Key, string? Value)[] settings)
    {
        Options = Some.Options(settings);
        Current = new CurrentOptions(Options, Clock);
        Liveness = new Liveness(Clock);
        Queue = new FakeQueue(Clock);
        Store = new FakeStore(Journal);
        Alerts = new FakeAlerts(Journal);
        Fitness = new ScannerFitness(
            Engine, ct => SelfTest(ct), Current, new CollectingLogger<ScannerFitness>(Lines), Clock);
        Steps = new DispositionSteps(
            Store, Alerts, new AlertFactory("i-0abc", Clock), Current, new CollectingLogger<DispositionSteps>(Lines), Clock);
        Processor = new ObjectProcessor(
            Store, new ContentScanner(Engine, Fitness, Clock), Steps, Current,
            new CollectingLogger<ObjectProcessor>(Lines));
        Consequences = new FitnessConsequences(
            Queue, Alerts, new AlertFactory("i-0abc", Clock), new CollectingLogger<FitnessConsequences>(Lines));
        Worker = new Worker(
            Queue, Processor, Fitness, Consequences, Counters, Current, Liveness, new CollectingLogger<Worker>(Lines), Clock,
            () => Engine.Load);
    }

    public FleetOptions Options { get; }

    public CurrentOptions Current { get; }

    public ManualTimeProvider Clock { get; } = new(Some.Now);

    /// <summary>What was asked of store and topic, in order.</summary>
    public ConcurrentQueue<string> Journal { get; } = [];

    public ConcurrentQueue<LogLine> Lines { get; } = [];

    public FakeQueue Queue { get; }

    public FakeStore Store { get; }

    public FakeEngine Engine { get; } = new();

    public FakeAlerts Alerts { get; }

    public Func<CancellationToken, Task> SelfTest { get; set; } = _ => Task.CompletedTask;

    public Liveness Liveness { get; }

    public FleetCounters Counters { get; } = new();

    public ScannerFitness Fitness { get; }

    public DispositionSteps Steps { get; }

    public ObjectProcessor Processor { get; }

    public FitnessConsequences Consequences { get; }

    public Worker Worker { get; }

    public Task<ObjectOutcome> ProcessAsync(string key, CancellationToken cancellationToken) =>
        Processor.ProcessAsync(new ObjectRef("bucket", key), Some.Delivery, Pulse.Unwatched, cancellationToken);

    /// <summary>Moves the clock step by step until something has happened.</summary>
    public Task RunClockUntilAsync(Func<bool> condition, CancellationToken cancellationToken, double seconds = 0.1) => Eventually.UntilAsync(
        () =>
        {
            if (condition())
                return true;
            Clock.Advance(TimeSpan.FromSeconds(seconds));
            return condition();
        },
        TimeSpan.FromSeconds(8),
        cancellationToken);

    public static Task UntilAsync(Func<bool> condition, CancellationToken cancellationToken) =>
        Eventually.UntilAsync(condition, TimeSpan.FromSeconds(8), cancellationToken);
}
