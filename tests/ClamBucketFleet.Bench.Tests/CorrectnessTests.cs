using ClamBucketFleet.Bench.Corpora;
using ClamBucketFleet.Bench.Runs;
using ClamBucketFleet.Bench.Stub;
using ClamBucketFleet.TestKit;
using Shouldly;
using Xunit;

namespace ClamBucketFleet.Bench.Tests;

/// <summary>Each thing that may go wrong in a run takes its figure away.</summary>
public sealed class CorrectnessTests : IDisposable
{
    private const int Infected = 13, Objects = 20;

    private readonly TemporaryDirectory _directory = new();
    private readonly Corpus _corpus;
    private readonly Load _load;
    private readonly StubReport _right;

    public CorrectnessTests()
    {
        _corpus = CorpusBuilder.Small(_directory.Combine("corpus"), seed: 1, Objects);
        _load = new Load(_corpus.Directory, 0, Objects, Objects, TimeSpan.Zero, 0);
        _right = new StubReport(
            Objects, 0, 0, 0, new Dictionary<string, int> { ["GetObject"] = Objects, ["HeadObject"] = 1, ["DeleteObject"] = 1, ["Publish"] = 1 },
            [Infected], [], [$"{Infected} INFECTED DELETE"], []);
    }

    [Fact]
    public void A_run_that_did_all_it_must_has_no_faults() => Faults(_right, Verdicts()).ShouldBeEmpty();

    [Fact]
    public void A_false_clean_is_a_fault()
    {
        var verdicts = Verdicts();
        verdicts[Infected] = verdicts[Infected] with { Status = "CLEAN" };

        Faults(_right, verdicts).ShouldContain(fault => fault.Contains("is INFECTED, and was called CLEAN"));
    }

    [Fact]
    public void Work_lost_or_done_twice_is_a_fault()
    {
        Faults(_right with { Deleted = Objects - 1 }, Verdicts()[1..]).ShouldContain("19 of 20 messages were deleted");
        Faults(_right, [.. Verdicts(), Verdicts()[0]]).ShouldContain(fault => fault.EndsWith("was judged twice"));
        Faults(_right with { ReceivedTwice = 1 }, Verdicts()).ShouldContain("1 messages were received twice");
        Faults(_right with { ReadTwice = 1 }, Verdicts()).ShouldContain("1 objects were read twice");
    }

    [Fact]
    public void A_look_before_a_GET_and_a_request_too_many_are_faults()
    {
        Faults(_right with { LooksBeforeGet = 1 }, Verdicts()).ShouldContain("1 objects were looked at before they were opened");
        var more = new Dictionary<string, int>(_right.Requests) { ["GetObjectTagging"] = 1 };
        Faults(_right with { Requests = more }, Verdicts()).ShouldContain(fault => fault.StartsWith("1 requests GetObjectTagging"));
    }

    [Fact]
    public void An_alert_that_is_missing_and_a_clean_object_deleted_are_faults()
    {
        Faults(_right with { Alerts = [] }, Verdicts()).ShouldContain(fault => fault.StartsWith("alerts are 0"));
        Faults(_right with { DeletedObjects = [1, Infected] }, Verdicts()).ShouldContain(fault => fault.StartsWith("deleted are 2"));
    }

    public void Dispose()
    {
        _corpus.Dispose();
        _directory.Dispose();
    }

    private IReadOnlyList<string> Faults(StubReport report, IReadOnlyList<LoggedVerdict> verdicts) =>
        new Correctness(_corpus, _load, tags: false, isPartial: false).Faults(report, verdicts);

    private LoggedVerdict[] Verdicts() =>
        [.. _corpus.Objects.Select((entry, i) => new LoggedVerdict(World.KeyOf(i, entry), entry.Infected ? "INFECTED" : "CLEAN"))];
}
