using System.Globalization;
using Serilog.Events;
using Serilog.Formatting;
using Serilog.Formatting.Display;

namespace ClamBucketFleet.Daemon.Logging;

/// <summary>Log lines for people: in the journal with the level in front, elsewhere with time and level.</summary>
internal sealed class LogText(bool forJournal) : ITextFormatter
{
    private static readonly MessageTemplateTextFormatter Message = new("{Message:l}", CultureInfo.InvariantCulture);

    /// <summary>The message with its values, on one line.</summary>
    public static string Of(LogEvent logEvent)
    {
        using var text = new StringWriter(CultureInfo.InvariantCulture);
        Message.Format(logEvent, text);
        return text.ToString().ReplaceLineEndings(" ");
    }

    public void Format(LogEvent logEvent, TextWriter output)
    {
        if (forJournal)
            output.Write($"<{Priority(logEvent.Level)}>");
        else
            output.Write($"{logEvent.Timestamp.ToLocalTime():HH:mm:ss} {Word(logEvent.Level)} ");

        output.Write(Of(logEvent));
        if (logEvent.Exception is { } exception)
            output.Write($" {exception.ToString().ReplaceLineEndings(" | ")}");
        output.WriteLine();
    }

    // As in syslog(3), which the journal reads from the line's beginning.
    private static int Priority(LogEventLevel level) => level switch
    {
        LogEventLevel.Fatal => 2,
        LogEventLevel.Error => 3,
        LogEventLevel.Warning => 4,
        LogEventLevel.Information => 6,
        _ => 7,
    };

    private static string Word(LogEventLevel level) => level switch
    {
        LogEventLevel.Fatal or LogEventLevel.Error => "error",
        LogEventLevel.Warning => "warn ",
        LogEventLevel.Information => "info ",
        _ => "debug",
    };
}
