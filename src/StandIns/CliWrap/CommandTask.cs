using System.Runtime.CompilerServices;

namespace CliWrap;

/// <summary>A process under way: awaiting it gives its result.</summary>
public partial class CommandTask<TResult>(Task<TResult> task, int processId) : IDisposable
{
    public Task<TResult> Task { get; } = task;

    public int ProcessId { get; } = processId;

    public static implicit operator Task<TResult>(CommandTask<TResult> commandTask) => commandTask.Task;

    public TaskAwaiter<TResult> GetAwaiter() => Task.GetAwaiter();

    public ConfiguredTaskAwaitable<TResult> ConfigureAwait(bool continueOnCapturedContext) =>
        Task.ConfigureAwait(continueOnCapturedContext);

    public void Dispose()
    {
        Task.Dispose();
        GC.SuppressFinalize(this);
    }
}
