namespace CliWrap.Exceptions;

/// <summary>A process ended with an exit code that the command's validation does not allow.</summary>
public partial class CommandExecutionException(
    ICommandConfiguration command, int exitCode, string message, Exception? innerException = null)
    : CliWrapException(message, innerException)
{
    public ICommandConfiguration Command { get; } = command;

    public int ExitCode { get; } = exitCode;
}
