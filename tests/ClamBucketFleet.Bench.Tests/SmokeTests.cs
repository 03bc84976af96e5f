using Shouldly;
using Xunit;

namespace ClamBucketFleet.Bench.Tests;

/// <summary><c>make bench-smoke</c>: every kind of run, with both engines, and everything it does held against what it must.</summary>
public sealed class SmokeTests
{
    [Fact(Timeout = 600_000)]
    public async Task Every_object_gets_the_right_verdict_once_and_no_request_too_many()
    {
        var series = await Smoke.RunAsync(1, TestContext.Current.SendDiagnosticMessage, TestContext.Current.CancellationToken);

        series.ShouldContain(one => one.Arm == "daemon, clamscan");
        series.ShouldAllBe(one => one.Samples.Count == 1 && one.Samples[0].Wrong.Count == 0 && one.Samples[0].Objects > 0);
    }
}
