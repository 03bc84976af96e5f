using ClamBucketFleet.Bench.Corpora;
using ClamBucketFleet.Bench.Stub;
using ClamBucketFleet.TestKit;

namespace ClamBucketFleet.Bench.Runs;

/// <summary>
/// The daemon from a full queue to an empty one. It is started on a closed queue and is ready when that opens; the clock
/// runs from the first receipt to the last deletion, both as the stub saw them.
/// </summary>
internal sealed class DaemonRun(DaemonSetup setup, Corpus corpus, Load load)
{
    private static readonly TimeSpan ReadyLimit = TimeSpan.FromMinutes(5);

    /// <summary>Ends the run after so many verdicts, without waiting for the rest of the queue; 0 is all.</summary>
    public int Enough { get; init; }

    /// <summary>Which messages' times count; all without it.</summary>
    public Func<int, bool> Counts { get; init; } = _ => true;

    public async Task<Sample> RunAsync(CancellationToken cancellationToken)
    {
        using var directory = new TemporaryDirectory();
        await setup.Stub.LoadAsync(load, cancellationToken);
        var daemons = new List<ChildProcess>();
        try
        {
            for (var i = 0; i < setup.Daemons; i++)
                daemons.Add(setup.Start(directory.CreateDirectory($"{i}")));
            foreach (var daemon in daemons)
                await daemon.WaitForLineAsync("Ready: ", ReadyLimit, cancellationToken);

            using var allocations = AllocationHook.Open(setup.Environment);
            var before = Cpu(daemons);
            var allocated = allocations?.Bytes;
            await setup.Stub.OpenAsync(cancellationToken);
            var wanted = Enough > 0 ? Enough : load.Messages;
            await setup.Stub.WaitForDeletedAsync(wanted, () => daemons.All(daemon => !daemon.HasExited), cancellationToken);
            var report = await setup.Stub.ReportAsync(cancellationToken);
            if (report.Deleted < wanted)
                throw new InvalidOperationException($"The daemon ended after {report.Deleted} of {wanted} messages:\n{daemons[0].Error}");

            var after = Cpu(daemons);
            var sample = Figures(report, daemons.Max(daemon => ProcessFigures.PeakMemory(daemon.Id)), after - before);
            if (allocations is not null)
                sample = sample with { Allocated = (allocations.Bytes - allocated!.Value) / (double)report.Deleted };
            return await CheckedAsync(sample, daemons, directory, cancellationToken);
        }
        finally
        {
            foreach (var daemon in daemons)
                await daemon.DisposeAsync();
        }
    }

    private Costs Cpu(List<ChildProcess> daemons) => new(
        daemons.Sum(daemon => ProcessFigures.Cpu(daemon.Id)),
        setup.Clamd is { } clamd ? ProcessFigures.Cpu(clamd.Pid) : double.NaN,
        ProcessFigures.Cpu(setup.Stub.Pid));

    private Sample Figures(StubReport report, long memory, Costs costs)
    {
        var times = report.Times.Where(time => Counts(time.Message)).ToArray();
        var seconds = (times.Max(time => time.Deleted) - times.Min(time => time.Received)) / 1000;
        return new Sample(times.Length, times.Sum(time => Of(time.Message).Size), seconds, [])
        {
            DaemonCpu = costs.Daemon / report.Deleted,
            ClamdCpu = costs.Clamd / report.Deleted,
            StubCpu = costs.Stub / report.Deleted,
            PeakMemory = memory,
            EventP50 = Statistics.Median(times.Select(time => time.Deleted)),
            EventP99 = Statistics.Quantile(times.Select(time => time.Deleted), 0.99),
            WorkP50 = Statistics.Median(times.Select(time => time.Deleted - time.Received)),
            WorkP99 = Statistics.Quantile(times.Select(time => time.Deleted - time.Received), 0.99),
            Requests = report.Requests,
        };
    }

    // What came after the clock had stopped counts as well: it must be as right.
    private async Task<Sample> CheckedAsync(
        Sample sample, List<ChildProcess> daemons, TemporaryDirectory directory, CancellationToken cancellationToken)
    {
        foreach (var daemon in daemons)
        {
            if (Enough > 0)
                daemon.Send(Signal.Terminate);
        }

        var wrong = new List<string>();
        foreach (var daemon in daemons)
        {
            if (await daemon.WaitForExitAsync(cancellationToken) is not 0 and var code)
                wrong.Add($"the daemon ended with {code}:\n{daemon.Error}");
        }

        var report = await setup.Stub.ReportAsync(cancellationToken);
        var verdicts = VerdictLog.Read(directory.Path);
        wrong.AddRange(new Correctness(corpus, load, setup.Tags, isPartial: Enough > 0).Faults(report, verdicts));
        return sample with { Wrong = wrong, ScannedTwice = verdicts.GroupBy(verdict => verdict.Key).Count(group => group.Count() > 1) };
    }

    private CorpusObject Of(int message) => corpus.Objects[load.First + (message % load.Count)];

    private readonly record struct Costs(double Daemon, double Clamd, double Stub)
    {
        public static Costs operator -(Costs a, Costs b) => new(a.Daemon - b.Daemon, a.Clamd - b.Clamd, a.Stub - b.Stub);
    }
}
