using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace ClamBucketFleet.Aws.Definitions;

/// <summary>The manifest as it is stored.</summary>
/// <param name="Schema">Of this text.</param>
/// <param name="Revision">One more than that of the manifest it was made from, so that no two are ever alike.</param>
/// <param name="Lease">Under which it was written.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record ManifestJson(
    int Schema,
    long Revision,
    string Lease,
    DateTimeOffset Checked,
    string Version,
    DateTimeOffset Published,
    IReadOnlyList<DefinitionsFile> Files)
{
    [JsonIgnore]
    public DefinitionsManifest Manifest => new(Checked, Version, Published, Files);
}

/// <summary>The lease as it is stored.</summary>
/// <param name="Schema">Of this text.</param>
/// <param name="Holder">For people.</param>
/// <param name="Id">Of this lease alone, at random.</param>
/// <param name="Renewed">How often it was written, so that each writing has its own ETag.</param>
/// <param name="GivenBack">Anybody may take it at once.</param>
/// <param name="StayAway">Outlives the lease.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record LeaseJson(int Schema, string Holder, string Id, long Renewed, bool GivenBack, StayAway? StayAway);

/// <summary>What can be known of a text of any schema.</summary>
internal sealed record SchemaJson(int Schema);

/// <summary>Strict: whoever can write to the bucket must not confuse its readers.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    AllowDuplicateProperties = false)]
[JsonSerializable(typeof(ManifestJson))]
[JsonSerializable(typeof(LeaseJson))]
[JsonSerializable(typeof(SchemaJson))]
internal sealed partial class MirrorJson : JsonSerializerContext
{
    /// <summary>What this version writes, and all it reads.</summary>
    public const int Schema = 1;

    public static byte[] Write<T>(T value, JsonTypeInfo<T> type) => JsonSerializer.SerializeToUtf8Bytes(value, type);

    /// <exception cref="TryAgainException">It is not what this version writes.</exception>
    public static T Read<T>(StoredText stored, JsonTypeInfo<T> type)
    {
        try
        {
            var schema = JsonSerializer.Deserialize(stored.Body, Default.SchemaJson)?.Schema;
            if (schema > Schema)
            {
                throw new TryAgainException(
                    $"{stored.Name} has schema {schema}, and this version knows {Schema}. Upgrade clambucketfleet here.");
            }

            if (schema == Schema && JsonSerializer.Deserialize(stored.Body, type) is { } value)
                return value;
        }
        catch (JsonException e)
        {
            throw Broken(stored, SafeText.Escape(e.Message), e);
        }

        throw Broken(stored, $"its schema is not {Schema}");
    }

    /// <summary>Nobody's work but that of a person, or an attacker: nothing in the program heals it.</summary>
    public static TryAgainException Broken(StoredText stored, string reason, Exception? inner = null) => new(
        $"{stored.Name} was not written by clambucketfleet: {reason}. See who can write to the bucket, then remove the object.",
        inner);
}
