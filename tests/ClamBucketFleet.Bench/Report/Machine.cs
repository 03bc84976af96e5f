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
/// <param name="Load">The load average of the minute before the start.</param>
internal sealed record Machine(string Processor, int Processors, long Memory, string System, string ClamAv, double Load)
{
    // A benchmark that begins with half a processor taken shares the machine.
    private const double MostOnQuietMachine = 0.5;

    /// <summary>Whether others worked on it.</summary>
    public bool IsLoaded => Load > MostOnQuietMachine;

    public static async Task<Machine> ReadAsync(CancellationToken cancellationToken)
    {
        var memory = File.ReadLines("/proc/meminfo").First().Split(' ', StringSplitOptions.RemoveEmptyEntries)[1];
        var processor = File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal));
        var version = await new Command(Command.Require("clamd"), "--version").RunAsync(cancellationToken);
        var load = (await File.ReadAllTextAsync("/proc/loadavg", cancellationToken)).Split(' ')[0];
        return new Machine(
            processor?[(processor.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim() ?? "unknown",
            Environment.ProcessorCount,
            long.Parse(memory, CultureInfo.InvariantCulture) / 1024,
            RuntimeInformation.OSDescription,
            version.Output.Trim(),
            double.Parse(load, CultureInfo.InvariantCulture));
    }

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{Processors} × {Processor}, {Memory} MiB, {System}, {ClamAv}, load average {Load:0.00} at the start");
}
