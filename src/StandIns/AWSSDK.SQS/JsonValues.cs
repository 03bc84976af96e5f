#nullable enable
using System.Text.Json;
using Amazon.SQS.Model;

namespace Amazon.SQS;

/// <summary>Values of SQS's JSON: what is not set is not written, what is not there is null.</summary>
internal static class JsonValues
{
    public static void Set(this Utf8JsonWriter json, string name, string? value)
    {
        if (value is not null)
            json.WriteString(name, value);
    }

    public static void Set(this Utf8JsonWriter json, string name, int? value)
    {
        if (value is { } number)
            json.WriteNumber(name, number);
    }

    public static void Set(this Utf8JsonWriter json, string name, List<string>? values)
    {
        if (values is null)
            return;
        json.WriteStartArray(name);
        foreach (var value in values)
            json.WriteStringValue(value);
        json.WriteEndArray();
    }

    public static void Set<T>(
        this Utf8JsonWriter json, string name, List<T>? entries, Action<Utf8JsonWriter, T> write)
    {
        json.WriteStartArray(name);
        foreach (var entry in entries ?? [])
        {
            json.WriteStartObject();
            write(json, entry);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    public static void Set(
        this Utf8JsonWriter json, string name, Dictionary<string, MessageAttributeValue>? attributes)
    {
        if (attributes is not { Count: > 0 })
            return;
        json.WriteStartObject(name);
        foreach (var (key, value) in attributes)
        {
            json.WriteStartObject(key);
            json.Set("DataType", value.DataType);
            json.Set("StringValue", value.StringValue);
            if (value.BinaryValue is { } bytes)
                json.WriteBase64String("BinaryValue", bytes.ToArray());
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    public static string? Text(this JsonElement parent, string name) =>
        parent.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;

    public static bool? Flag(this JsonElement parent, string name) =>
        parent.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.True or JsonValueKind.False
            ? value.GetBoolean()
            : null;

    public static List<T>? List<T>(this JsonElement parent, string name, Func<JsonElement, T> read)
    {
        if (!parent.TryGetProperty(name, out var values) || values.ValueKind != JsonValueKind.Array)
            return null;
        List<T> items = [.. values.EnumerateArray().Select(read)];
        return items.Count == 0 ? null : items;
    }

    public static Dictionary<string, T>? Map<T>(this JsonElement parent, string name, Func<JsonElement, T> read)
    {
        if (!parent.TryGetProperty(name, out var values) || values.ValueKind != JsonValueKind.Object)
            return null;
        return values.EnumerateObject().ToDictionary(pair => pair.Name, pair => read(pair.Value));
    }
}
