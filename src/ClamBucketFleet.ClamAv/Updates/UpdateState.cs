using System.Text.Json;
using System.Text.Json.Serialization;

namespace ClamBucketFleet.ClamAv;

/// <summary>What one update leaves for the next.</summary>
/// <param name="StayAway">What the definitions' source asked for, which may be over; by this machine's clock.</param>
/// <param name="Alerted">What people were alerted of, and not yet told that it is over.</param>
internal sealed record UpdateState(StayAway? StayAway, string? Alerted)
{
    /// <summary>Empty where there is none, or none that can be read: a question or an alert too many does less harm.</summary>
    public static UpdateState Read(string directory, DateTimeOffset now)
    {
        try
        {
            using var file = File.OpenRead(PathIn(directory));
            var state = JsonSerializer.Deserialize(file, UpdateStateJson.Default.UpdateState) ?? new UpdateState(null, null);
            var written = new DateTimeOffset(File.GetLastWriteTimeUtc(file.SafeFileHandle));
            return state with { StayAway = state.StayAway?.CappedFrom(written < now ? written : now) };
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or JsonException)
        {
            return new UpdateState(null, null);
        }
    }

    public void Write(string directory)
    {
        var path = PathIn(directory);
        File.WriteAllBytes(path + ".new", JsonSerializer.SerializeToUtf8Bytes(this, UpdateStateJson.Default.UpdateState));
        NativeFiles.Rename(path + ".new", path);
    }

    /// <param name="directory"><c>Scan:DatabaseDirectory</c>.</param>
    internal static string PathIn(string directory) => Path.Combine(directory, UpdatePlace.Name, "state.json");
}

[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(UpdateState))]
internal sealed partial class UpdateStateJson : JsonSerializerContext;
