using ClamBucketFleet.Bench.Groups;
using ClamBucketFleet.Bench.Report;
using ClamBucketFleet.Bench.Runs;
using ClamBucketFleet.TestKit;
using Shouldly;
using Xunit;

namespace ClamBucketFleet.Bench.Tests;

public sealed class ReportTests
{
    private static readonly Results Some = new(
        "make bench", new Machine("Some processor", 2, 1000, "Some system", "ClamAV 1.4.6", 0.1), DateTimeOffset.UnixEpoch, 1, 2, 1,
        [
            new Row("daemon ÷ limit", 0.5, 0.4, 0.6, 0.92, AtLeast: true),
            new Row("memory", 100, 100, 100, 150, AtLeast: false, "MiB"),
        ],
        [
            Series("limit, 2 connections", 100), Series("limit, 4 connections", 200),
            Series("daemon", 100, cpu: 1.5), Series("daemon, 30 ms", 80, cpu: 2),
            Series("one by one, clamdscan", 20), Series("one by one, clamdscan, 30 ms", 5),
        ]);

    [Fact]
    public void Each_row_says_whether_it_is_reached_and_each_arm_what_part_of_limit_and_baseline_it_is()
    {
        var page = MarkdownReport.Of(Some);

        page.ShouldContain("| daemon ÷ limit | 0.50 | 0.40 to 0.60 | ≥ 0.92 | **not reached** |");
        page.ShouldContain("| memory | 100 MiB |  | ≤ 150 MiB | reached |");
        page.ShouldContain("| small: limit, 2 connections | 100 | 1.00 | 0.50 | 5.00 |");
        page.ShouldContain("| small: limit, 4 connections | 200 | 1.00 |  | 10.0 |");
        page.ShouldContain("| small: daemon | 100 | 1.00 | 0.50 | 5.00 | 1.50 |");
        page.ShouldContain("| small: daemon, 30 ms | 80.0 | 1.00 | 0.40 | 16.0 | 2.00 |");
    }

    [Fact]
    public void What_was_written_is_written_again_as_it_was()
    {
        using var first = new TemporaryDirectory();
        using var second = new TemporaryDirectory();
        Some.Write(first.Path);
        Results.Read(first.Path).Write(second.Path);

        var files = Directory.GetFiles(first.Path).Select(Path.GetFileName).Order().ToArray();
        files.ShouldBe(["README.md", "cpu.svg", "latency.svg", "results.json", "small.svg"]);
        foreach (var file in files)
            File.ReadAllText(second.Combine(file!)).ShouldBe(File.ReadAllText(first.Combine(file!)));
    }

    private static Series Series(string arm, int rate, double cpu = double.NaN) =>
        new("small", arm, [new Sample(rate, 1_000_000, 1, []) { DaemonCpu = cpu }]);
}
