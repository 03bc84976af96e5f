using ClamBucketFleet.Core.Tests.Fakes;
using ClamBucketFleet.Options;
using ClamBucketFleet.Pipeline;
using Shouldly;
using Xunit;

namespace ClamBucketFleet.Core.Tests.Inspection;

public sealed class ContentScannerInspectionTests
{
    private static readonly byte[] Zip = ZipBuilder.Build(
        new ZipPart("a", Inspect.Noise(700, 1)), new ZipPart("b", Inspect.Noise(800, 2)));

    private static readonly byte[] InfectedZip = ZipBuilder.Build(
        new ZipPart("a", Inspect.Noise(700, 1)), new ZipPart("b", Inspect.Infected(800, 2)));

    [Fact]
    public void Objects_over_the_limit_are_not_read_by_default() =>
        Some.Options().Scan.LargeObjects.ShouldBe(LargeObjects.Skip);

    [Fact]
    public async Task Skip_reads_nothing()
    {
        using var content = new MemoryStream(InfectedZip);
        var report = await ScanAsync(content, InfectedZip.Length, "skip");
        report.Verdict.ShouldBe(Inspect.TooLarge);
        report.Inspection.ShouldBeNull();
        content.Position.ShouldBe(0);
    }

    [Fact]
    public async Task Inspect_looks_into_an_object_over_the_limit_and_tells_how_far()
    {
        using var content = new MemoryStream(Zip);
        long seen = 0;
        var report = await ScanAsync(content, Zip.Length, "inspect", bytes => seen = bytes);
        report.Verdict.ShouldBeOfType<Clean>();
        report.Sha256.ShouldBe(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(Zip)));
        report.Inspection.ShouldNotBeNull().Members.ShouldBe(2);
        report.Inspection.BytesInspected.ShouldBe(1500);
        seen.ShouldBe(Zip.Length);
    }

    [Fact]
    public async Task Inspect_finds_a_virus_and_stops()
    {
        using var content = new MemoryStream(InfectedZip);
        (await ScanAsync(content, InfectedZip.Length, "inspect")).Verdict.ShouldBe(PatternEngine.Found);
    }

    [Fact]
    public async Task Inspect_leaves_an_object_within_the_limit_to_the_engine()
    {
        using var content = new MemoryStream(Zip);
        var report = await ScanAsync(content, Zip.Length, "inspect", limit: Zip.Length);
        report.Verdict.ShouldBeOfType<Clean>();
        report.Inspection.ShouldBeNull();
    }

    [Fact]
    public async Task An_object_that_takes_too_long_is_unscannable_also_where_the_engine_did_not_have_all_of_it()
    {
        var rig = new Rig(("Scan:LargeObjects", "inspect"), ("Scan:MaxObjectSize", "1000"), ("Scan:Timeout", "1m"));
        var asked = new TaskCompletionSource();
        rig.Engine.OnScan = (_, token) =>
        {
            asked.SetResult();
            return Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, token);
        };
        using var content = new MemoryStream(new byte[1500 * 1024]);
        var scan = new ContentScanner(rig.Engine, rig.Fitness, rig.Clock).ScanAsync(
            content, content.Length, rig.Options.Scan, null, Pulse.Unwatched, TestContext.Current.CancellationToken);
        await asked.Task;
        rig.Clock.Advance(TimeSpan.FromMinutes(1));
        scan.IsCompleted.ShouldBeFalse();
        rig.Clock.Advance(TimeSpan.FromMinutes(1536));
        (await scan).Verdict.ShouldBe(new Unscannable(UnscannableReason.Timeout));
    }

    private static Task<ScanReport> ScanAsync(
        Stream content, long length, string largeObjects, Action<long>? progress = null, int limit = 1000)
    {
        var rig = new Rig(("Scan:LargeObjects", largeObjects), ("Scan:MaxObjectSize", $"{limit}"));
        var scanner = new ContentScanner(new PatternEngine(), rig.Fitness, TimeProvider.System);
        return scanner.ScanAsync(content, length, rig.Options.Scan, progress, Pulse.Unwatched, TestContext.Current.CancellationToken);
    }
}
