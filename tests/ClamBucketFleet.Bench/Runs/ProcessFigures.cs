using System.Globalization;

namespace ClamBucketFleet.Bench.Runs;

/// <summary>What the kernel says of a process that is still there.</summary>
internal static class ProcessFigures
{
    // USER_HZ, which is 100 on every Linux that .NET runs on.
    private const double MillisecondsPerTick = 10;

    /// <summary>User and system time of all its threads, those that have ended included, in milliseconds.</summary>
    public static double Cpu(int process)
    {
        var stat = File.ReadAllText($"/proc/{process}/stat");
        // The name stands in parentheses and may hold anything; utime and stime are the 14th and 15th field.
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return (Number(fields[11]) + Number(fields[12])) * MillisecondsPerTick;
    }

    /// <summary>The most memory that it ever had resident, in bytes.</summary>
    public static long PeakMemory(int process) => Status(process, "VmHWM:");

    /// <summary>The memory that it has resident now, in bytes.</summary>
    public static long Memory(int process) => Status(process, "VmRSS:");

    private static long Status(int process, string name) =>
        (long)Number(File.ReadLines($"/proc/{process}/status").Single(line => line.StartsWith(name, StringComparison.Ordinal))
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]) * 1024;

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
