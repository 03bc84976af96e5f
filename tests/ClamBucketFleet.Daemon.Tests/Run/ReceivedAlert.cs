using System.Text.Json;

namespace ClamBucketFleet.Daemon.Tests.Run;

/// <summary>An alert as a subscriber got it.</summary>
internal sealed record ReceivedAlert(JsonElement Json)
{
    public string Id => Text("id")!;

    public string Status => Text("status")!;

    public string Action => Text("action")!;

    public string Key => Text("key")!;

    public string? Reason => Text("reason");

    public string? Error => Text("error");

    public string? Destination => Text("destination");

    public string? VersionId => Text("versionId");

    public static ReceivedAlert Parse(string body) => new(JsonElement.Parse(body));

    public override string ToString() => $"{Status} {Action} {Key} {Reason} {Error}";

    private string? Text(string name) => Json.GetProperty(name).GetString();
}
