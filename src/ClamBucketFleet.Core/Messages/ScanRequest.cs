using System.Text;
using System.Text.Json;

namespace ClamBucketFleet.Messages;

/// <summary>Writes the plain requests that <see cref="MessageDecoder"/> reads.</summary>
public static class ScanRequest
{
    /// <summary>One message that asks for these contents, by version or ETag.</summary>
    public static string Of(IEnumerable<ObjectIdentity> contents)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteStartArray("objects");
            foreach (var content in contents)
            {
                json.WriteStartObject();
                json.WriteString("bucket", content.Bucket);
                json.WriteString("key", content.Key);
                if (content.HasImmutableVersion)
                    json.WriteString("versionId", content.VersionId);
                else
                    json.WriteString("eTag", content.ETag);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.GetBuffer().AsSpan(0, (int)buffer.Length));
    }
}
