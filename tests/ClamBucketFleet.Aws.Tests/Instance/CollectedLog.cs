using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace ClamBucketFleet.Aws.Tests.Instance;

/// <summary>Keeps the lines that would have been written, as in <c>Warning text</c>.</summary>
internal sealed class CollectedLog<T> : ILogger<T>
{
    public ConcurrentQueue<string> Lines { get; } = [];

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        Lines.Enqueue($"{logLevel} {formatter(state, exception)}");
}
