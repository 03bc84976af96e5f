using System.Text;

namespace CliWrap;

/// <summary>What a process reads from its standard input.</summary>
public abstract partial class PipeSource
{
    /// <summary>Standard input that is at its end at once.</summary>
    public static PipeSource Null { get; } = Create((_, _) => Task.CompletedTask);

    public static PipeSource Create(Func<Stream, CancellationToken, Task> handlePipeAsync) =>
        new Delegated(handlePipeAsync);

    public static PipeSource FromStream(Stream stream) => Create(stream.CopyToAsync);

    /// <summary>A string, in UTF-8.</summary>
    public static PipeSource FromString(string str) =>
        Create((destination, cancellationToken) =>
            destination.WriteAsync(Encoding.Default.GetBytes(str), cancellationToken).AsTask());

    public abstract Task CopyToAsync(Stream destination, CancellationToken cancellationToken = default);

    private sealed class Delegated(Func<Stream, CancellationToken, Task> copy) : PipeSource
    {
        public override Task CopyToAsync(Stream destination, CancellationToken cancellationToken = default) =>
            copy(destination, cancellationToken);
    }
}
