using System.Globalization;
using System.Text;
using ClamBucketFleet.SystemTests.Machines;
using Shouldly;
using Xunit;

namespace ClamBucketFleet.SystemTests;

/// <summary>What the package costs, measured. <c>make figures</c> writes it down.</summary>
public sealed class FiguresTests(World world) : SourceTests(world)
{
    private const int Objects = 200;
    private const long MiB = 1 << 20;

    [Fact(Timeout = 2 * Limit)]
    public async Task The_figures_are_within_their_limits()
    {
        var size = new FileInfo(World.Package).Length;
        var columns = new List<Figures>();
        foreach (var release in Enum.GetValues<Release>()) columns.Add(await MeasureAsync(release));
        var table = Render(size, columns);
        TestContext.Current.TestOutputHelper?.WriteLine(table);
        Documents.Write("package.md", table);

        size.ShouldBeLessThan(50 * MiB);
        columns.ShouldAllBe(figures => figures.Idle < 150 * MiB && figures.Peak < 400 * MiB);
        columns.ShouldAllBe(figures => figures.Ready < TimeSpan.FromSeconds(60));
    }

    private async Task<Figures> MeasureAsync(Release release)
    {
        var machine = await UpdatedAsync(release);
        var ready = await MicrosecondsAsync(machine, Daemon, "ActiveEnterTimestampMonotonic")
            - await MicrosecondsAsync(machine, "", "UserspaceTimestampMonotonic");
        var daemon = await machine.UnitAsync(Daemon, Cancellation);
        var idle = await MemoryAsync(machine, daemon, "VmRSS");

        var bucket = await Scene.BucketAsync();
        for (var i = 0; i < Objects; i++) await Scene.PutAsync(bucket, $"{i}", Encoding.UTF8.GetBytes($"object {i}\n"));
        await UntilAsync(async () => await Scene.DepthsAsync() == (0, 0), TimeSpan.FromSeconds(150));
        var version = await machine.RunAsync(Cancellation, "sh", "-c", "systemctl --version | head -1; clamd --version");
        return new Figures(
            release,
            string.Join(", ", version.Split('\n')[0].Split(' ')[..2]) + "; " + version.Split('\n')[1].Split('/')[0],
            TimeSpan.FromMicroseconds(ready),
            idle,
            await MemoryAsync(machine, daemon, "VmHWM"),
            await SandboxTests.ExposureAsync(machine, Daemon),
            await SandboxTests.ExposureAsync(machine, Updates),
            await SandboxTests.ExposureAsync(machine, Clamd));
    }

    private static async Task<long> MicrosecondsAsync(Machine machine, string unit, string property)
    {
        string[] of = unit is "" ? [] : [unit];
        var shown = await machine.RunAsync(Cancellation, ["systemctl", "show", .. of, "--value", $"--property={property}"]);
        return long.Parse(shown, CultureInfo.InvariantCulture);
    }

    private static async Task<long> MemoryAsync(Machine machine, UnitState unit, string what)
    {
        var line = await machine.RunAsync(Cancellation, "grep", what, $"/proc/{unit.MainProcess}/status");
        return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2], CultureInfo.InvariantCulture) * 1024;
    }

    private static string Render(long size, IReadOnlyList<Figures> columns)
    {
        var table = new StringBuilder();
        Row("", figures => $"Debian {(figures.Release == Release.Bookworm ? 12 : 13)}");
        table.Append("| --- |").Append(string.Concat(columns.Select(_ => " --- |"))).Append('\n');
        Row("with", figures => figures.Versions);
        Row("package", _ => $"{Mebibytes(size)} MiB");
        Row("from the start of systemd to READY, an update of the definitions included", figures => $"{figures.Ready.TotalSeconds:0.0} s");
        Row("memory of the daemon when idle (resident)", figures => $"{Mebibytes(figures.Idle)} MiB");
        Row($"its peak after {Objects} small objects", figures => $"{Mebibytes(figures.Peak)} MiB");
        Row($"exposure of `{Daemon}` (0 to 10)", figures => $"{figures.Daemon:0.0}");
        Row($"exposure of `{Updates}`", figures => $"{figures.Updates:0.0}");
        Row($"exposure of `{Clamd}`", figures => $"{figures.Clamd:0.0}");
        return $"""
            # What the package costs

            Written by `make figures` from two machines that a test boots: a real systemd with the package on it, moto as AWS and
            a source of definitions beside it. The definitions hold nothing but EICAR, so the time leaves out what clamd needs
            to load ClamAV's own, and clamd's memory is not shown. Exposure is what `systemd-analyze security` says.

            {table}
            """;

        void Row(string name, Func<Figures, string> cell) => table.Append(CultureInfo.InvariantCulture, $"| {name} |")
            .Append(string.Concat(columns.Select(figures => $" {cell(figures)} |"))).Append('\n');

        static string Mebibytes(long bytes) => ((double)bytes / MiB).ToString("0", CultureInfo.InvariantCulture);
    }

    private sealed record Figures(
        Release Release, string Versions, TimeSpan Ready, long Idle, long Peak, double Daemon, double Updates, double Clamd);
}
