using System.Text;

namespace CliWrap;

/// <summary>Where a process's standard output or standard error goes.</summary>
public abstract partial class PipeTarget
{
    /// <summary>
    /// Nowhere: the pipe is closed at once, and a process that writes into it gets SIGPIPE. To read and forget, take
    /// <see cref="ToStream(Stream)"/> with <see cref="Stream.Null"/>.
    /// </summary>
    public static PipeTarget Null { get; } = Create((_, _) => Task.CompletedTask);

    public static PipeTarget Create(Func<Stream, CancellationToken, Task> handlePipeAsync) =>
        new Delegated(handlePipeAsync);

    public static PipeTarget ToStream(Stream stream) => Create(async (origin, cancellationToken) =>
    {
        await origin.CopyToAsync(stream, cancellationToken).ConfigureAwait(false);
        await stream.FlushAsync(cancellationToken).ConfigureAwait(false);
    });

    public static PipeTarget ToStringBuilder(StringBuilder stringBuilder) =>
        ToStringBuilder(stringBuilder, Encoding.Default);

    public static PipeTarget ToStringBuilder(StringBuilder stringBuilder, Encoding encoding) =>
        Create(async (origin, cancellationToken) =>
        {
            using var reader = new StreamReader(origin, encoding, false, leaveOpen: true);
            var buffer = new char[4096];
            while (await reader.ReadAsync(buffer, cancellationToken).ConfigureAwait(false) is var count and > 0)
                stringBuilder.Append(buffer, 0, count);
        });

    /// <summary>Hands over each line as it comes, without its end.</summary>
    public static PipeTarget ToDelegate(Action<string> handleLine) => ToDelegate((line, _) =>
    {
        handleLine(line);
        return Task.CompletedTask;
    });

    /// <inheritdoc cref="ToDelegate(Action{string})"/>
    public static PipeTarget ToDelegate(Func<string, CancellationToken, Task> handleLineAsync) =>
        Create(async (origin, cancellationToken) =>
        {
            using var reader = new StreamReader(origin, Encoding.Default, false, leaveOpen: true);
            while (await reader.ReadLineAsync(cancellationToken).ConfigureAwait(false) is { } line)
                await handleLineAsync(line, cancellationToken).ConfigureAwait(false);
        });

    public abstract Task CopyFromAsync(Stream origin, CancellationToken cancellationToken = default);

    private sealed class Delegated(Func<Stream, CancellationToken, Task> copy) : PipeTarget
    {
        public override Task CopyFromAsync(Stream origin, CancellationToken cancellationToken = default) =>
            copy(origin, cancellationToken);
    }
}
