using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Amazon.SimpleNotificationService.Model;

namespace ClamBucketFleet.Aws.Alerts;

/// <summary>An alert as SNS takes it: a text for each kind of subscriber, and attributes for their filters.</summary>
internal static class SnsMessage
{
    // SNS takes 256 KiB, attributes included.
    private const int SizeLimit = 240 * 1024;
    private const int FewSignatures = 100;

    private static readonly JsonWriterOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>At most 240 KiB: of very many signatures the first hundred are told, rather than nothing at all.</summary>
    public static string Render(Alert alert)
    {
        var whole = Write(alert);
        return Encoding.UTF8.GetByteCount(whole) <= SizeLimit
            ? whole
            : Write(alert with { Signatures = [.. alert.Signatures.Take(FewSignatures)] });
    }

    public static Dictionary<string, MessageAttributeValue> Attributes(Alert alert)
    {
        var attributes = new Dictionary<string, MessageAttributeValue>();
        Add("bucket", alert.Bucket);
        Add("key", alert.Key);
        Add("version", alert.VersionId);
        Add("status", alert.Status);
        Add("action", alert.Action);
        return attributes;

        // SNS refuses a value that is empty, or that has a control character.
        void Add(string name, string? value)
        {
            if (!string.IsNullOrEmpty(value))
                attributes.Add(name, new() { DataType = "String", StringValue = SafeText.Escape(value) });
        }
    }

    private static string Write(Alert alert)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, Relaxed))
        {
            json.WriteStartObject();
            json.WriteString("default", AlertRenderer.Json(alert));
            json.WriteString("email", AlertRenderer.Text(alert));
            json.WriteString("sms", AlertRenderer.Sms(alert));
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.GetBuffer().AsSpan(0, (int)buffer.Length));
    }
}
