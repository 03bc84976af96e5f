using Serilog.Events;
using Serilog.Formatting;
using Serilog.Formatting.Json;

namespace ClamBucketFleet.Daemon.Logging;

/// <summary>
/// One JSON object a line in the names of compact log events (<c>@t</c>, <c>@m</c>, <c>@l</c>, <c>@x</c>): the
/// package that does this is not in the feed.
/// </summary>
internal sealed class CompactJson : ITextFormatter
{
    private static readonly JsonValueFormatter Values = new("$type");

    public void Format(LogEvent logEvent, TextWriter output)
    {
        output.Write("{\"@t\":\"");
        output.Write(logEvent.Timestamp.UtcDateTime.ToString("O"));
        output.Write("\",\"@m\":");
        JsonValueFormatter.WriteQuotedJsonString(LogText.Of(logEvent), output);
        if (logEvent.Level != LogEventLevel.Information)
        {
            output.Write(",\"@l\":\"");
            output.Write(logEvent.Level);
            output.Write('"');
        }

        if (logEvent.Exception is { } exception)
        {
            output.Write(",\"@x\":");
            JsonValueFormatter.WriteQuotedJsonString(exception.ToString(), output);
        }

        foreach (var (name, value) in logEvent.Properties)
        {
            output.Write(',');
            JsonValueFormatter.WriteQuotedJsonString(name, output);
            output.Write(':');
            Values.Format(value, output);
        }

        output.WriteLine('}');
    }
}
