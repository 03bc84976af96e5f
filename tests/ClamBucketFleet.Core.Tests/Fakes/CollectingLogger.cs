using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace ClamBucketFleet.Core.Tests.Fakes;

internal sealed record LogLine(LogLevel Level, int Event, string Text);

/// <summary>Keeps the lines that would have been written.</summary>
internal class CollectingLogger(ConcurrentQueue<LogLine> lines) : ILogger
{
    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        lines.Enqueue(new LogLine(logLevel, eventId.Id, formatter(state, exception)));
}

internal sealed class CollectingLogger<T>(ConcurrentQueue<LogLine> lines) : CollectingLogger(lines), ILogger<T>;
