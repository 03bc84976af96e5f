using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace CliWrap;

/// <summary>A started process and its three pipes.</summary>
internal sealed partial class RunningProcess : IDisposable
{
    private const int Sigint = 2;

    private readonly Process _process;

    private RunningProcess(Process process)
    {
        _process = process;
        Id = process.Id;
    }

    public int Id { get; }

    public DateTimeOffset StartTime { get; } = TimeProvider.System.GetLocalNow();

    public DateTimeOffset ExitTime { get; private set; }

    public int ExitCode => _process.ExitCode;

    public Stream Output => _process.StandardOutput.BaseStream;

    public Stream Error => _process.StandardError.BaseStream;

    public static RunningProcess Start(ProcessStartInfo info)
    {
        var process = new Process { StartInfo = info };
        try
        {
            process.Start();
            return new RunningProcess(process);
        }
        catch (Win32Exception e)
        {
            process.Dispose();
            throw new Win32Exception(
                $"Cannot start {info.FileName} in {info.WorkingDirectory}: is there such a program, and such a directory?",
                e);
        }
    }

    public static async Task DrainAsync(Stream origin, PipeTarget target, CancellationToken cancellationToken)
    {
        await using var owned = origin.ConfigureAwait(false);
        // A grandchild may hold the pipe open, and the read itself cannot be cancelled everywhere.
        await target.CopyFromAsync(origin, cancellationToken).WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    public async Task FeedAsync(PipeSource source, CancellationToken cancellationToken)
    {
        try
        {
            var destination = _process.StandardInput.BaseStream;
            await using var owned = destination.ConfigureAwait(false);
            await source.CopyToAsync(destination, cancellationToken).WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (IOException e) when (e.GetType() == typeof(IOException))
        {
            // Broken pipe: it need not read all that it is given.
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // It ended, or was killed, before it had read all.
        }
    }

    public async Task WaitForExitAsync(CancellationToken cancellationToken)
    {
        await _process.WaitForExitAsync(cancellationToken).ConfigureAwait(false);
        ExitTime = TimeProvider.System.GetLocalNow();
    }

    public void Kill()
    {
        try
        {
            _process.Kill(entireProcessTree: true);
        }
        catch (Exception e) when (e is InvalidOperationException or AggregateException or Win32Exception)
        {
            // It ended by itself meanwhile, or part of its tree did.
        }
    }

    public void Interrupt()
    {
        if (!_process.HasExited)
            _ = SendSignal(Id, Sigint);
    }

    public void Dispose() => _process.Dispose();

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int SendSignal(int process, int signal);
}
