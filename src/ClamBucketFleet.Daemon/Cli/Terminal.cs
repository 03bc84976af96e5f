using Microsoft.Win32.SafeHandles;
using Spectre.Console;

namespace ClamBucketFleet.Daemon.Cli;

/// <summary>Where a person looks, and whether colours and movement are welcome there.</summary>
internal static class Terminal
{
    private const int StandardOutput = 1;
    private const int StandardError = 2;

    /// <summary>Writes a word to standard output, in colour where that is welcome.</summary>
    public static void WriteWord(string word, Color colour)
    {
        if (IsWelcome(Console.IsOutputRedirected))
            Create(Console.Out).Write(new Text(word, colour));
        else
            Console.Out.Write(word);
    }

    /// <summary>Standard error, where it shows colours and movement; null elsewhere.</summary>
    public static IAnsiConsole? Error =>
        IsWelcome(Console.IsErrorRedirected) ? Create(Console.Error) : null;

    /// <summary>
    /// Where a terminal wants no escape sequences, writes to it directly: the runtime's own streams begin by switching
    /// its keypad.
    /// </summary>
    public static void WritePlainly()
    {
        if (!Console.IsOutputRedirected && !IsWelcome(isRedirected: false))
            Console.SetOut(Direct(StandardOutput));
        if (!Console.IsErrorRedirected && !IsWelcome(isRedirected: false))
            Console.SetError(Direct(StandardError));
    }

    private static StreamWriter Direct(int descriptor) =>
        new(new FileStream(new SafeFileHandle(descriptor, ownsHandle: false), FileAccess.Write, bufferSize: 0))
        {
            AutoFlush = true,
        };

    private static bool IsWelcome(bool isRedirected) =>
        !isRedirected
        && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"))
        && Environment.GetEnvironmentVariable("TERM") is not (null or "" or "dumb");

    // Only where it is welcome: the library colours files and pipes too.
    private static IAnsiConsole Create(TextWriter writer) => AnsiConsole.Create(new AnsiConsoleSettings
    {
        Out = new AnsiConsoleOutput(writer),
        Ansi = AnsiSupport.Yes,
        ColorSystem = ColorSystemSupport.Detect,
    });
}
