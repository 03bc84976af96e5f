using System.Globalization;
using System.Text;
using System.Text.Json;

namespace ClamBucketFleet.Messages;

/// <summary>
/// Reads a message of the scan queue: S3 event notifications, EventBridge events, plain requests, and each of these
/// wrapped by SNS. They are told apart by their content.
/// </summary>
public static class MessageDecoder
{
    // SNS can feed a topic from another one's delivery; more than a few layers is somebody's mistake.
    private const int MaxEnvelopes = 4;
    private const int MaxKeyBytes = 1024;

    /// <summary>The objects that the message asks to scan; none where it only reports something else.</summary>
    /// <exception cref="PoisonMessageException">It cannot be read; the message says what is wrong with it.</exception>
    public static IReadOnlyList<ObjectRef> Decode(string body)
    {
        try
        {
            return Decode(body, 0);
        }
        catch (InvalidOperationException)
        {
            // System.Text.Json finds half a surrogate pair in a name or a text only when it is looked at.
            throw new PoisonMessageException("The body holds a name or a text that is not valid Unicode.");
        }
    }

    private static IReadOnlyList<ObjectRef> Decode(string body, int envelopes)
    {
        using var document = Parse(body);
        var root = document.RootElement;
        if (root.ValueKind != JsonValueKind.Object)
            throw new PoisonMessageException($"The body is a JSON {Kind(root)}, not an object.");

        if (root.TryGetProperty("Records", out var records))
            return Records(records);
        if (root.TryGetProperty("detail-type", out var detailType))
            return EventBridge(root, Text(detailType, "detail-type"));
        if (root.TryGetProperty("objects", out var objects))
            return [.. Items(objects, "objects").Select(PlainRequest)];
        if (root.TryGetProperty("bucket", out _))
            return [PlainRequest(root)];
        if (root.TryGetProperty("Event", out var testEvent) && testEvent.ValueKind == JsonValueKind.String && testEvent.ValueEquals("s3:TestEvent"))
            return [];
        if (root.TryGetProperty("Message", out var wrapped) && root.TryGetProperty("TopicArn", out _))
        {
            return envelopes < MaxEnvelopes
                ? Decode(Text(wrapped, "Message"), envelopes + 1)
                : throw new PoisonMessageException("The body is wrapped by SNS more often than this program unwraps.");
        }

        throw new PoisonMessageException(
            "The body is none of: an S3 event, an SNS notification, an EventBridge event, a request with objects.");
    }

    private static JsonDocument Parse(string body)
    {
        try
        {
            return JsonDocument.Parse(body);
        }
        catch (ArgumentException)
        {
            throw new PoisonMessageException("The body is not valid Unicode.");
        }
        catch (JsonException e)
        {
            // The exception's own text may quote the body, which is never logged.
            throw new PoisonMessageException(string.Create(CultureInfo.InvariantCulture,
                $"The body is not JSON (line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1})."));
        }
    }

    private static List<ObjectRef> Records(JsonElement records)
    {
        var created = new List<ObjectRef>();
        foreach (var record in Items(records, "Records"))
        {
            var name = Text(Required(record, "eventName", "Records[]"), "eventName");
            if (name.StartsWith("ObjectCreated:", StringComparison.Ordinal)
                || name.StartsWith("s3:ObjectCreated:", StringComparison.Ordinal))
            {
                created.Add(S3Record(record));
            }
            else
            {
                // Reports of something else still have to be about S3: anything else has lost its way.
                Required(record, "s3", "Records[]");
            }
        }

        return created;
    }

    private static ObjectRef S3Record(JsonElement record)
    {
        var s3 = Required(record, "s3", "Records[]");
        var bucket = Required(Required(s3, "bucket", "s3"), "name", "s3.bucket");
        var item = Required(s3, "object", "s3");
        var key = KeyCodec.Decode(Text(Required(item, "key", "s3.object"), "s3.object.key"));
        return Checked(new ObjectRef(
            Text(bucket, "s3.bucket.name"),
            key,
            Optional(item, "versionId"),
            Optional(item, "eTag"),
            Time(record, "eventTime")));
    }

    private static IReadOnlyList<ObjectRef> EventBridge(JsonElement root, string detailType)
    {
        if (Optional(root, "source") != "aws.s3")
            throw new PoisonMessageException("The body is an EventBridge event of another source than aws.s3.");
        if (detailType != "Object Created")
            return [];

        // EventBridge, unlike S3's own notifications, gives keys as they are.
        var detail = Required(root, "detail", "the event");
        var item = Required(detail, "object", "detail");
        return
        [
            Checked(new ObjectRef(
                Text(Required(Required(detail, "bucket", "detail"), "name", "detail.bucket"), "detail.bucket.name"),
                Text(Required(item, "key", "detail.object"), "detail.object.key"),
                Optional(item, "version-id"),
                Optional(item, "etag"),
                Time(root, "time"))),
        ];
    }

    private static ObjectRef PlainRequest(JsonElement item) => Checked(new ObjectRef(
        Text(Required(item, "bucket", "the request"), "bucket"),
        Text(Required(item, "key", "the request"), "key"),
        Optional(item, "versionId"),
        Optional(item, "eTag")));

    private static ObjectRef Checked(ObjectRef reference)
    {
        if (reference.Bucket.Length is < 3 or > 255 || reference.Bucket.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('.' or '-' or '_')))
            throw new PoisonMessageException($"'{SafeText.Escape(reference.Bucket)}' cannot be a bucket's name.");

        var bytes = Encoding.UTF8.GetByteCount(reference.Key);
        return bytes is > 0 and <= MaxKeyBytes
            ? reference
            : throw new PoisonMessageException($"A key has {bytes} bytes; S3 has keys of 1 to {MaxKeyBytes}.");
    }

    private static JsonElement.ArrayEnumerator Items(JsonElement list, string name)
    {
        if (list.ValueKind != JsonValueKind.Array)
            throw new PoisonMessageException($"{name} is a JSON {Kind(list)}, not a list.");
        if (list.GetArrayLength() == 0)
            throw new PoisonMessageException($"{name} is empty: the message names no object.");

        return list.EnumerateArray();
    }

    private static JsonElement Required(JsonElement parent, string name, string where) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out var value)
            ? value
            : throw new PoisonMessageException($"{where} has no {name}.");

    private static string Text(JsonElement value, string name)
    {
        if (value.ValueKind != JsonValueKind.String)
            throw new PoisonMessageException($"{name} is a JSON {Kind(value)}, not a text.");
        try
        {
            return value.GetString()!;
        }
        catch (InvalidOperationException)
        {
            throw new PoisonMessageException($"{name} is not valid Unicode.");
        }
    }

    private static string? Optional(JsonElement parent, string name) =>
        parent.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null
            ? Text(value, name) is { Length: > 0 } text ? text.Trim('"') : null
            : null;

    private static DateTimeOffset? Time(JsonElement parent, string name)
    {
        if (!parent.TryGetProperty(name, out var value) || value.ValueKind != JsonValueKind.String)
            return null;
        try
        {
            return DateTimeOffset.TryParse(
                value.GetString(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : null;
        }
        catch (InvalidOperationException)
        {
            // Not Unicode. The time only counts how long the message waited.
            return null;
        }
    }

    private static string Kind(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.True or JsonValueKind.False => "boolean",
        var kind => kind.ToString().ToLowerInvariant(),
    };
}
