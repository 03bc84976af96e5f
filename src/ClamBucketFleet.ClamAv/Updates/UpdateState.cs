using System.Text.Json;
using System.Text.Json.Serialization;

namespace ClamBucketFleet.ClamAv;

/// <summary>What one update leaves for the next.</summary>
/// <param name="StayAway">What the definitions' source asked for, which may be over; by this machine's clock.</param>
/// <param name="Alerted">What people were alerted of, and not yet told that it is over.</param>
internal sealed record UpdateState(StayAway? StayAway, string? Alerted)
{
    /// <summary>Empty where there is none, or none that can be read: a question or an alert too many does less harm.</summary>
    public static UpdateState Read(UpdatePlace place)
    {
        try
        {
            using var file = File.OpenRead(place.State);
            return JsonSerializer.Deserialize(file, UpdateStateJson.Default.UpdateState) ?? new UpdateState(null, null);
        }
        catch (Exception exception) when (exception is IOException or JsonException)
        {
            return new UpdateState(null, null);
        }
    }

    public void Write(UpdatePlace place)
    {
        File.WriteAllBytes(place.State + ".new", JsonSerializer.SerializeToUtf8Bytes(this, UpdateStateJson.Default.UpdateState));
        NativeFiles.Rename(place.State + ".new", place.State);
    }
}

[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(UpdateState))]
internal sealed partial class UpdateStateJson : JsonSerializerContext;
