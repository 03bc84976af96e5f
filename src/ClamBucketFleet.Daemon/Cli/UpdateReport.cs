using System.Globalization;
using System.Text.Json;
using ClamBucketFleet.ClamAv;

namespace ClamBucketFleet.Daemon.Cli;

/// <summary>What <c>definitions update</c> tells.</summary>
/// <param name="Outcome">Null where it failed.</param>
/// <param name="Failure">Null where it did not.</param>
/// <param name="InUse">Null where there are no definitions.</param>
internal sealed record UpdateReport(UpdateOutcome? Outcome, Exception? Failure, InstalledDefinitions? InUse)
{
    public int Code => Failure is null ? ExitCode.Done : ExitCode.Of(Failure);

    public string Word => Outcome?.Result switch
    {
        null => "failed",
        UpdateResult.New => "new",
        UpdateResult.Unchanged => "unchanged",
        _ => "stayed-away",
    };

    public void WriteText()
    {
        if (Outcome is null)
            return;

        Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"definitions {Outcome.InUse.Version} of {Outcome.InUse.Published.UtcDateTime:yyyy-MM-dd HH:mm} UTC, {(Outcome.Result == UpdateResult.New ? "new" : "unchanged")}"));
        if (Outcome.StayAway is { } away)
        {
            Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"their source answered {away.Reason}, and is not asked before {away.Until.UtcDateTime:yyyy-MM-dd HH:mm} UTC"));
        }

        if (Outcome.Warning is { } warning)
            Console.Out.WriteLine($"warning: clamd may not have loaded them: {warning}");
    }

    public void WriteJson()
    {
        using var output = Console.OpenStandardOutput();
        using (var writer = new Utf8JsonWriter(output))
        {
            writer.WriteStartObject();
            writer.WriteString("result", Word);
            writer.WriteString("version", InUse?.Version);
            WriteTime(writer, "published", InUse?.Published);
            writer.WriteStartArray("changed");
            foreach (var name in Outcome?.Changed ?? [])
                writer.WriteStringValue(name);
            writer.WriteEndArray();
            WriteTime(writer, "notAskedBefore", Outcome?.StayAway?.Until);
            writer.WriteString("warning", Outcome?.Warning);
            writer.WriteString("error", Failure?.Message);
            writer.WriteEndObject();
        }

        output.Write("\n"u8);
    }

    private static void WriteTime(Utf8JsonWriter writer, string name, DateTimeOffset? time) =>
        writer.WriteString(name, time?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));
}
