using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace ClamBucketFleet;

/// <summary>The three forms in which an alert is read: JSON by programs, text by people, a line on a phone.</summary>
public static class AlertRenderer
{
    private const int SubjectLimit = 100;

    /// <summary>One JSON document, with the names and the order of the contract.</summary>
    public static string Json(Alert alert) => JsonSerializer.Serialize(alert, AlertJson.Relaxed.Alert);

    /// <summary>At most 100 printable ASCII characters, as SNS demands.</summary>
    public static string Subject(Alert alert)
    {
        var subject = new StringBuilder($"{Headline(alert)}: ");
        foreach (var c in About(alert))
            subject.Append(c is >= ' ' and <= '~' ? c : '?');

        if (subject.Length > SubjectLimit)
        {
            subject.Length = SubjectLimit - 3;
            subject.Append("...");
        }

        return subject.ToString();
    }

    /// <summary>A line for a phone.</summary>
    public static string Sms(Alert alert) =>
        Shorten($"{Headline(alert)}: {SafeText.Escape(About(alert))}", 140);

    /// <summary>The text of an e-mail.</summary>
    public static string Text(Alert alert)
    {
        var text = new StringBuilder();
        text.Append(Sentence(alert)).Append("\n\n");
        if (!IsOfFleet(alert))
        {
            Line(text, "Bucket", alert.Bucket);
            Line(text, "Key", alert.Key);
        }

        Line(text, "Version", alert.VersionId);
        Line(text, "Status", alert.Status);
        Line(text, "Found", alert.Signatures.Count > 0 ? string.Join(", ", alert.Signatures) : null);
        Line(text, "Reason", alert.Reason);
        Line(text, "Action", alert.Action);
        Line(text, "Error", alert.Error);
        Line(text, "Copy", alert.Destination);
        Line(text, "Size", alert.Size is { } size ? $"{size.ToString("N0", CultureInfo.InvariantCulture)} bytes" : null);
        Line(text, "ETag", alert.ETag);
        Line(text, "SHA-256", alert.Sha256);
        Line(text, "Engine", alert.Engine);
        Line(text, "Definitions", Definitions(alert.Definitions));
        Line(text, "Instance", alert.Instance);
        Line(text, "Time", Iso(alert.Time));
        Line(text, "Alert id", alert.Id);
        return text.ToString();
    }

    private static bool IsOfFleet(Alert alert) => alert.Key.Length == 0;

    private static string About(Alert alert) =>
        IsOfFleet(alert) ? alert.Error ?? "" : $"{alert.Bucket}/{alert.Key}";

    private static string Headline(Alert alert) => (alert.Status, alert.Action) switch
    {
        (Statuses.ProcessingError, _) => IsOfFleet(alert) ? "Scanner" : "Not scanned",
        (_, "FAILED") => $"{alert.Status}, ACTION FAILED",
        (Statuses.Infected, "DELETE") => "INFECTED, deleted",
        (Statuses.Infected, "QUARANTINE") => "INFECTED, quarantined",
        (Statuses.Infected, "TAG") => "INFECTED, tagged",
        (Statuses.Infected, _) => "INFECTED, left in place",
        _ => alert.Status,
    };

    private static string Sentence(Alert alert) => (alert.Status, alert.Action) switch
    {
        (Statuses.ProcessingError, _) when IsOfFleet(alert) =>
            "This is about the scanner on an instance, not about an object.",
        (Statuses.ProcessingError, _) =>
            "An object could not be processed. Its message goes to the dead-letter queue, and it counts as not scanned.",
        (_, "FAILED") => "What should have been done about this object failed. It will be tried again.",
        (Statuses.Infected, "DELETE") => "An infected object was found and is being deleted.",
        (Statuses.Infected, "QUARANTINE") =>
            "An infected object was found. It was copied to quarantine, and the original is being deleted.",
        (Statuses.Infected, "TAG") => "An infected object was found and is being tagged. It stays where it is.",
        (Statuses.Infected, _) => "An infected object was found. It stays where it is.",
        (Statuses.Unscannable, _) => "No verdict on this object is possible. Treat it as not clean.",
        (Statuses.Clean, _) => "An object was scanned and found clean.",
        _ => "An object was not scanned.",
    };

    private static string? Definitions(AlertDefinitions? definitions) => definitions?.Published is { } published
        ? $"{definitions.Version ?? "unnumbered"} of {Iso(published)}"
        : definitions?.Version;

    private static string Iso(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static void Line(StringBuilder text, string name, string? value)
    {
        if (value is not null)
            text.Append(CultureInfo.InvariantCulture, $"{name + ":",-13}{SafeText.Escape(value)}\n");
    }

    private static string Shorten(string text, int limit)
    {
        if (text.Length <= limit)
            return text;

        // Half a surrogate pair is not Unicode, and no service takes it.
        var end = limit - 3;
        return $"{text[..(char.IsHighSurrogate(text[end - 1]) ? end - 1 : end)]}...";
    }
}

/// <summary>Times in the contract's form: UTC, whole seconds, Z.</summary>
internal sealed class UtcSecondsConverter : JsonConverter<DateTimeOffset>
{
    public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.GetDateTimeOffset();

    public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));
}

[JsonSerializable(typeof(Alert))]
internal sealed partial class AlertJson : JsonSerializerContext
{
    public static AlertJson Relaxed { get; } = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        Converters = { new UtcSecondsConverter() },

        // Keys are often not ASCII, and the alert is not embedded in HTML.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
