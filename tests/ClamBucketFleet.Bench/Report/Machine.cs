using System.Globalization;
using System.Runtime.InteropServices;
using ClamBucketFleet.TestKit;

namespace ClamBucketFleet.Bench.Report;

/// <summary>Where figures come from.</summary>
/// <param name="Processor">Its name.</param>
/// <param name="Processors">How many this process may use.</param>
/// <param name="Memory">In MiB.</param>
/// <param name="System">Kernel.</param>
/// <param name="ClamAv">Its version.</param>
/// <param name="Busy">The share of its processors' time that others had in the seconds before the start, 0 to 1.</param>
internal sealed record Machine(string Processor, int Processors, long Memory, string System, string ClamAv, double Busy)
{
    private const double MostOnQuietMachine = 0.1;

    private static readonly TimeSpan Watched = TimeSpan.FromSeconds(3);

    /// <summary>Whether others worked on it.</summary>
    public bool IsLoaded => Busy > MostOnQuietMachine;

    public static async Task<Machine> ReadAsync(CancellationToken cancellationToken)
    {
        var memory = File.ReadLines("/proc/meminfo").First().Split(' ', StringSplitOptions.RemoveEmptyEntries)[1];
        var processor = File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal));
        var version = await new Command(Command.Require("clamd"), "--version").RunAsync(cancellationToken);
        var (idleBefore, allBefore) = ProcessorTime();
        await Task.Delay(Watched, TimeProvider.System, cancellationToken);
        var (idle, all) = ProcessorTime();
        return new Machine(
            processor?[(processor.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim() ?? "unknown",
            Environment.ProcessorCount,
            long.Parse(memory, CultureInfo.InvariantCulture) / 1024,
            RuntimeInformation.OSDescription,
            version.Output.Trim(),
            1 - ((idle - idleBefore) / (all - allBefore)));
    }

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{Processors} × {Processor}, {Memory} MiB, {System}, {ClamAv}, processors {Busy:P0} busy before the start");

    // Of all processors: user, nice, system, idle, waiting for a disk, interrupts, what the host takes; guests count twice.
    private static (double Idle, double All) ProcessorTime()
    {
        var times = File.ReadLines("/proc/stat").First().Split(' ', StringSplitOptions.RemoveEmptyEntries)[1..9]
            .Select(text => double.Parse(text, CultureInfo.InvariantCulture)).ToArray();
        return (times[3] + times[4], times.Sum());
    }
}
