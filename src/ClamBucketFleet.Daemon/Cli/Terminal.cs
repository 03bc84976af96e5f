using Spectre.Console;

namespace ClamBucketFleet.Daemon.Cli;

/// <summary>Where a person looks, and whether colours and movement are welcome there.</summary>
internal static class Terminal
{
    /// <summary>Standard output.</summary>
    public static IAnsiConsole Output => Create(Console.Out, IsWelcome(Console.IsOutputRedirected));

    /// <summary>Standard error, where it shows colours and movement; null elsewhere.</summary>
    public static IAnsiConsole? Error =>
        IsWelcome(Console.IsErrorRedirected) ? Create(Console.Error, isWelcome: true) : null;

    private static bool IsWelcome(bool isRedirected) =>
        !isRedirected
        && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"))
        && Environment.GetEnvironmentVariable("TERM") is not (null or "" or "dumb");

    // What the library finds out by itself also colours files and pipes.
    private static IAnsiConsole Create(TextWriter writer, bool isWelcome) => AnsiConsole.Create(new AnsiConsoleSettings
    {
        Out = new AnsiConsoleOutput(writer),
        Ansi = isWelcome ? AnsiSupport.Yes : AnsiSupport.No,
        ColorSystem = isWelcome ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
    });
}
