using System.Diagnostics;

namespace ClamBucketFleet.TestKit;

/// <summary>
/// A shell beside the test run that outlives it, however it ends: it then kills the processes and removes the
/// directories that nobody was left to dispose of.
/// </summary>
public static class Reaper
{
    private const string Script = """
        trap '' INT TERM HUP
        declare -A processes directories
        while read -r what value; do
          case $what in
            +process) processes[$value]=1 ;;
            -process) unset "processes[$value]" ;;
            +directory) directories[$value]=1 ;;
            -directory) unset "directories[$value]" ;;
          esac
        done
        for process in "${!processes[@]}"; do kill -KILL "$process" 2>/dev/null; done
        for directory in "${!directories[@]}"; do rm -rf -- "$directory"; done
        """;

    private static readonly Lock Writing = new();

    // The pipe's only other end is this process: when it ends, even by SIGKILL, the shell reads the end of its input.
    private static readonly StreamWriter Input = Start();

    public static void Watch(int processId) => Write($"+process {processId}");

    public static void Forget(int processId) => Write($"-process {processId}");

    public static void Watch(string directory) => Write($"+directory {directory}");

    public static void Forget(string directory) => Write($"-directory {directory}");

    private static void Write(string line)
    {
        lock (Writing) Input.WriteLine(line);
    }

    private static StreamWriter Start()
    {
        var shell = Process.Start(new ProcessStartInfo("/bin/bash", ["-c", Script]) { RedirectStandardInput = true })
            ?? throw new InvalidOperationException("Cannot start /bin/bash");
        shell.StandardInput.AutoFlush = true;
        return shell.StandardInput;
    }
}
