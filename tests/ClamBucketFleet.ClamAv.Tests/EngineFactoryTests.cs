using ClamBucketFleet.Options;
using ClamBucketFleet.TestKit;
using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;

namespace ClamBucketFleet.ClamAv.Tests;

public sealed class EngineFactoryTests
{
    [Theory]
    [InlineData(EngineKind.Auto, typeof(AutoEngine))]
    [InlineData(EngineKind.Clamd, typeof(ClamdEngine))]
    [InlineData(EngineKind.Clamscan, typeof(ClamscanEngine))]
    public async Task It_makes_the_engine_that_is_configured_whatever_is_there(EngineKind kind, Type type)
    {
        await using var engine = Create(Options(kind, "/nowhere", "/proc/nowhere"));
        engine.ShouldBeOfType(type);
    }

    [Fact]
    public void An_address_that_is_none_is_refused() => Should.Throw<FatalConfigurationException>(
        () => Create(Options(EngineKind.Auto, "/nowhere", "/proc/nowhere") with { ClamdAddress = "localhost" }));

    [Fact(Timeout = 60_000)]
    public async Task Without_clamd_it_scans_with_clamscan_out_of_the_box()
    {
        await using var directory = new TemporaryDirectory();
        Definitions.Write(directory.CreateDirectory("db"));
        await using var engine = Create(Options(EngineKind.Auto, directory.Combine("db"), directory.Combine("spool")));
        await SelfTest.RunAsync(engine, TestContext.Current.CancellationToken);
        (await engine.DescribeAsync(TestContext.Current.CancellationToken)).Kind.ShouldBe("clamscan");
    }

    private static IScanEngine Create(ScanOptions options) =>
        EngineFactory.Create(options, NullLoggerFactory.Instance, TimeProvider.System);

    private static ScanOptions Options(EngineKind kind, string database, string spool) => new(
        kind, "/nowhere/clamd.ctl", "clamscan", TimeSpan.FromSeconds(5), database, 0, int.MaxValue, LargeObjects.Skip,
        TimeSpan.FromMinutes(10), spool, 0, TimeSpan.FromDays(2), true);
}
