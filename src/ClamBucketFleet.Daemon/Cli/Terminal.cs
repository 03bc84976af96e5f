using Spectre.Console;

namespace ClamBucketFleet.Daemon.Cli;

/// <summary>Where a person looks, and whether colours and movement are welcome there.</summary>
internal static class Terminal
{
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
    /// Takes the streams as they are: the runtime's own writers begin by switching the terminal's keypad, also where
    /// no escape sequence is wanted.
    /// </summary>
    public static void WritePlainly()
    {
        Console.SetOut(new StreamWriter(Console.OpenStandardOutput()) { AutoFlush = true });
        Console.SetError(new StreamWriter(Console.OpenStandardError()) { AutoFlush = true });
    }

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
