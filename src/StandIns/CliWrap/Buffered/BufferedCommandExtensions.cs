using System.Text;
using CliWrap.Exceptions;

namespace CliWrap.Buffered;

/// <summary>Runs commands whose output fits into memory.</summary>
public static class BufferedCommandExtensions
{
    public static CommandTask<BufferedCommandResult> ExecuteBufferedAsync(
        this Command command, CancellationToken cancellationToken = default) =>
        command.ExecuteBufferedAsync(
            Encoding.Default, Encoding.Default, cancellationToken, CancellationToken.None);

    /// <exception cref="NotSupportedException">The command already pipes its output elsewhere.</exception>
    public static CommandTask<BufferedCommandResult> ExecuteBufferedAsync(
        this Command command,
        Encoding standardOutputEncoding,
        Encoding standardErrorEncoding,
        CancellationToken forcefulCancellationToken,
        CancellationToken gracefulCancellationToken)
    {
        if (command.StandardOutputPipe != PipeTarget.Null || command.StandardErrorPipe != PipeTarget.Null)
            throw new NotSupportedException("A buffered command cannot pipe its output elsewhere too");

        var output = new StringBuilder();
        var error = new StringBuilder();
        var run = command
            .WithStandardOutputPipe(PipeTarget.ToStringBuilder(output, standardOutputEncoding))
            .WithStandardErrorPipe(PipeTarget.ToStringBuilder(error, standardErrorEncoding))
            .ExecuteAsync(forcefulCancellationToken, gracefulCancellationToken);
        return new CommandTask<BufferedCommandResult>(BufferAsync(command, run, output, error), run.ProcessId);
    }

    private static async Task<BufferedCommandResult> BufferAsync(
        Command command, CommandTask<CommandResult> run, StringBuilder output, StringBuilder error)
    {
        try
        {
            var result = await run.ConfigureAwait(false);
            return new BufferedCommandResult(
                result.ExitCode, result.StartTime, result.ExitTime, output.ToString(), error.ToString());
        }
        catch (CommandExecutionException e)
        {
            var message = $"{e.Message}; standard error: {error.ToString().Trim()}";
            throw new CommandExecutionException(command, e.ExitCode, message, e);
        }
    }
}
