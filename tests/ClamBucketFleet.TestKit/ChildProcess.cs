using System.Diagnostics;

namespace ClamBucketFleet.TestKit;

/// <summary>A program in the background, ended with the test: first asked to, then by force, with its descendants.</summary>
public sealed class ChildProcess : IAsyncDisposable
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(10);

    private readonly Process _process;
    private readonly Task _reading;
    private bool _disposed;

    private ChildProcess(Process process)
    {
        _process = process;
        Id = process.Id;
        Reaper.Watch(Id);
        _reading = Task.WhenAll(Output.ReadAsync(process.StandardOutput), Error.ReadAsync(process.StandardError));
    }

    public int Id { get; }

    public OutputLines Output { get; } = new();

    public OutputLines Error { get; } = new();

    public bool HasExited => _process.HasExited;

    /// <summary>As a shell shows it: 128 and the signal's number where a signal ended the process.</summary>
    public int ExitCode => _process.ExitCode;

    public static ChildProcess Start(Command command)
    {
        var process = Process.Start(command.ToStartInfo())
            ?? throw new InvalidOperationException($"Cannot start {command.Path}");
        process.StandardInput.Close();
        return new ChildProcess(process);
    }

    public void Send(Signal signal)
    {
        if (!HasExited) Signals.Send(Id, signal);
    }

    /// <summary>Waits for a line on either stream that contains the text.</summary>
    /// <exception cref="TimeoutException">It did not come within the time, or the program ended before.</exception>
    public async Task<string> WaitForLineAsync(string text, TimeSpan within, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(within);
        try
        {
            Task<string?>[] waiting = [Output.WaitForAsync(text, limit.Token), Error.WaitForAsync(text, limit.Token)];
            await foreach (var found in Task.WhenEach(waiting))
            {
                if (await found is { } line) return line;
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw Missing($"not within {within}");
        }
        finally
        {
            await limit.CancelAsync();
        }
        throw Missing("not before the program ended");

        TimeoutException Missing(string how) => new($"No line with '{text}', {how}:\n{Output}{Error}");
    }

    /// <summary>Waits until the process has ended and its output is read; gives its exit code.</summary>
    public async Task<int> WaitForExitAsync(CancellationToken cancellationToken)
    {
        await _process.WaitForExitAsync(cancellationToken);
        // A descendant that lives on may hold the pipes open.
        await Task.WhenAny(_reading, Task.Delay(Grace, TimeProvider.System, cancellationToken));
        return ExitCode;
    }

    /// <summary>SIGTERM, and SIGKILL to the whole tree when that was not enough.</summary>
    public async Task StopAsync(TimeSpan? grace = null)
    {
        Send(Signal.Terminate);
        // A suspended process would see the signal never.
        Send(Signal.Continue);
        try
        {
            await _process.WaitForExitAsync().WaitAsync(grace ?? Grace);
        }
        catch (TimeoutException)
        {
            await KillAsync();
        }
    }

    /// <summary>SIGKILL, to the process and its descendants.</summary>
    public async Task KillAsync()
    {
        KillTree(_process);
        await _process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, true)) return;

        await StopAsync();
        Reaper.Forget(Id);
        await Task.WhenAny(_reading, Task.Delay(Grace, TimeProvider.System));
        _process.Dispose();
    }

    private static void KillTree(Process process)
    {
        try
        {
            process.Kill(entireProcessTree: true);
        }
        catch (InvalidOperationException)
        {
            // It had ended.
        }
    }
}
