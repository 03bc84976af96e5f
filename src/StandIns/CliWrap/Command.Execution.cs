using System.Diagnostics;
using CliWrap.Exceptions;

namespace CliWrap;

public partial class Command
{
    public CommandTask<CommandResult> ExecuteAsync(CancellationToken cancellationToken = default) =>
        ExecuteAsync(cancellationToken, CancellationToken.None);

    /// <param name="forcefulCancellationToken">Kills the process and all that it started.</param>
    /// <param name="gracefulCancellationToken">Sends SIGINT, and waits as long as the process takes.</param>
    /// <exception cref="System.ComponentModel.Win32Exception">The process cannot be started.</exception>
    /// <exception cref="OperationCanceledException">A token was cancelled; the process has ended.</exception>
    /// <exception cref="CommandExecutionException">The exit code is not 0, and the validation asks for it.</exception>
    public CommandTask<CommandResult> ExecuteAsync(
        CancellationToken forcefulCancellationToken, CancellationToken gracefulCancellationToken)
    {
        var process = RunningProcess.Start(StartInfo());
        return new CommandTask<CommandResult>(
            FinishAsync(process, forcefulCancellationToken, gracefulCancellationToken), process.Id);
    }

    private ProcessStartInfo StartInfo()
    {
        var info = new ProcessStartInfo
        {
            FileName = TargetFilePath,
            Arguments = Arguments,
            WorkingDirectory = WorkingDirPath,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        foreach (var (name, value) in EnvironmentVariables)
        {
            if (value is null)
                info.Environment.Remove(name);
            else
                info.Environment[name] = value;
        }

        return info;
    }

    private async Task<CommandResult> FinishAsync(
        RunningProcess process, CancellationToken forceful, CancellationToken graceful)
    {
        using var owned = process;
        // Nothing may wait for ever, not even for a process that survives SIGKILL (in a hung mount, say).
        using var survived = new CancellationTokenSource();
        using var input = CancellationTokenSource.CreateLinkedTokenSource(forceful);

        await using var limit = forceful.Register(() => survived.CancelAfter(TimeSpan.FromSeconds(3)));
        await using var kill = forceful.Register(process.Kill);
        await using var interrupt = graceful.Register(process.Interrupt);

        var piping = Task.WhenAll(
            process.FeedAsync(StandardInputPipe, input.Token),
            RunningProcess.DrainAsync(process.Output, StandardOutputPipe, forceful),
            RunningProcess.DrainAsync(process.Error, StandardErrorPipe, forceful));
        try
        {
            await process.WaitForExitAsync(survived.Token).ConfigureAwait(false);
            // It will read no more.
            await input.CancelAsync().ConfigureAwait(false);
            await piping.ConfigureAwait(false);
        }
        catch (OperationCanceledException e) when (e.CancellationToken == survived.Token)
        {
            throw new TimeoutException($"{TargetFilePath} (process {process.Id}) survived being killed", e);
        }
        catch (OperationCanceledException) when (forceful.IsCancellationRequested)
        {
            // Told below, once for every way it may come about.
        }

        if (forceful.IsCancellationRequested)
            throw new OperationCanceledException($"{TargetFilePath} (process {process.Id}) was killed", forceful);
        if (graceful.IsCancellationRequested)
            throw new OperationCanceledException($"{TargetFilePath} (process {process.Id}) was interrupted", graceful);
        if (process.ExitCode != 0 && Validation.HasFlag(CommandResultValidation.ZeroExitCode))
            throw new CommandExecutionException(this, process.ExitCode, $"{this} ended with {process.ExitCode}");

        return new CommandResult(process.ExitCode, process.StartTime, process.ExitTime);
    }
}
