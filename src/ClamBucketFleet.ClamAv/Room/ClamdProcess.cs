using System.Text;

namespace ClamBucketFleet.ClamAv;

/// <summary>What /proc tells of a clamd on this machine.</summary>
internal static class ClamdProcess
{
    private const string StockConfiguration = "/etc/clamav/clamd.conf";
    private const string Variable = "TMPDIR=";

    /// <summary>Its temporary directory, as a path by which this process sees it.</summary>
    /// <exception cref="IOException">Not on this machine, or no clamd.</exception>
    /// <exception cref="UnauthorizedAccessException">This user may not look.</exception>
    public static string TemporaryDirectory(int process)
    {
        if (process <= 0)
            throw new IOException("it runs on another machine or in another container");

        var arguments = ReadStrings($"/proc/{process}/cmdline");
        if (arguments.Length == 0 || Path.GetFileName(arguments[0]) != "clamd")
            throw new IOException($"process {process}, which listens there, is no clamd");

        var configuration = InProcess(process, ConfigurationFile(arguments));
        var directory = File.ReadLines(configuration).Select(TemporaryDirectoryIn).LastOrDefault(value => value is not null)
            ?? ReadStrings($"/proc/{process}/environ").FirstOrDefault(text => text.StartsWith(Variable, StringComparison.Ordinal))
                ?[Variable.Length..]
            ?? "/tmp";
        return InProcess(process, directory);
    }

    /// <summary>
    /// The temporary directory by the configuration file alone, where that is the one of the clamd on this socket. A
    /// sandboxed daemon sees no process of others, and where systemd listens for clamd, the process would be systemd.
    /// </summary>
    /// <returns>Null where the file is of another clamd, or says nothing of it.</returns>
    public static string? TemporaryDirectory(string socket, string configuration = StockConfiguration)
    {
        if (!File.Exists(configuration))
            return null;

        var lines = File.ReadAllLines(configuration);
        return lines.Select(line => Value(line, "LocalSocket")).LastOrDefault(value => value is not null) == socket
            ? lines.Select(TemporaryDirectoryIn).LastOrDefault(value => value is not null)
            : null;
    }

    /// <summary>What stands after <c>--config-file</c> or <c>-c</c>, in any of getopt's forms; the last one counts.</summary>
    internal static string ConfigurationFile(IReadOnlyList<string> arguments)
    {
        const string longName = "--config-file", shortName = "-c";
        var file = StockConfiguration;
        for (var i = 1; i < arguments.Count; i++)
        {
            var argument = arguments[i];
            if (argument is longName or shortName && i + 1 < arguments.Count)
                file = arguments[++i];
            else if (argument.StartsWith(longName + "=", StringComparison.Ordinal))
                file = argument[(longName.Length + 1)..];
            else if (argument.StartsWith(shortName, StringComparison.Ordinal) && argument.Length > shortName.Length)
                file = argument[shortName.Length..];
        }

        return file;
    }

    /// <summary>The value where a line of clamd.conf sets the temporary directory.</summary>
    internal static string? TemporaryDirectoryIn(string line) => Value(line, "TemporaryDirectory");

    private static string? Value(string line, string setting)
    {
        var words = line.Trim().Split([' ', '\t'], 2, StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return words is [var name, var value] && name == setting ? value.Trim('"') : null;
    }

    // Its root directory and its current one need not be this process's.
    private static string InProcess(int process, string path) =>
        path.StartsWith('/') ? $"/proc/{process}/root{path}" : $"/proc/{process}/cwd/{path}";

    private static string[] ReadStrings(string path) =>
        Encoding.UTF8.GetString(File.ReadAllBytes(path)).Split('\0', StringSplitOptions.RemoveEmptyEntries);
}
