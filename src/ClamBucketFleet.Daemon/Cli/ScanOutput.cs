using System.Globalization;
using ClamBucketFleet.Pipeline;
using Spectre.Console;

namespace ClamBucketFleet.Daemon.Cli;

/// <summary>Prints the result of <c>scan</c>.</summary>
internal static class ScanOutput
{
    public static void Write(ObjectOutcome outcome, AlertFactory alerts, bool json, bool couldApply)
    {
        if (json)
        {
            var alert = alerts.Create(
                outcome.Reference, outcome.Content, outcome.Verdict, outcome.Action, null, outcome.Destination, outcome.Report, null);
            Console.Out.WriteLine(AlertRenderer.Json(alert));
            return;
        }

        var colour = outcome.Verdict switch
        {
            Clean => Color.Green,
            Infected => Color.Red,
            _ => Color.Yellow,
        };

        // Written piece by piece: a console of 80 columns would break a long key in two.
        Terminal.WriteWord(outcome.Verdict.Status, colour);
        Console.Out.Write(' ');
        Console.Out.WriteLine(SafeText.Escape(Name(outcome)));
        foreach (var (name, value) in Details(outcome, couldApply))
            Console.Out.WriteLine($"  {name,-11} {SafeText.Escape(value)}");
    }

    private static string Name(ObjectOutcome outcome) => outcome.Reference.Bucket.Length == 0
        ? outcome.Reference.Key
        : $"s3://{outcome.Reference.Bucket}/{outcome.Reference.Key}";

    private static IEnumerable<(string Name, string Value)> Details(ObjectOutcome outcome, bool couldApply)
    {
        if (outcome.Verdict is Infected infected)
            yield return ("found", string.Join(", ", infected.Signatures));
        if (outcome.Verdict.ReasonWord is { } reason)
            yield return ("reason", reason);
        if (outcome.Content?.VersionId is { } version)
            yield return ("version", version);
        if (outcome.Content is { } content)
            yield return ("size", string.Create(CultureInfo.InvariantCulture, $"{content.Size:N0} bytes"));
        if (outcome.Report is { } report)
        {
            if (report.Sha256 is not null)
                yield return ("sha256", report.Sha256);
            if (report.Engine is { } engine)
                yield return ("engine", string.Create(CultureInfo.InvariantCulture, $"{engine.Version}, definitions {engine.DefinitionsVersion} of {engine.DefinitionsPublished:yyyy-MM-dd}"));
            yield return ("time", string.Create(CultureInfo.InvariantCulture, $"{report.Download.TotalSeconds:0.000} s to read, {report.Scan.TotalSeconds:0.000} s to scan"));
        }

        if (outcome.Destination is { } destination)
            yield return ("copy", destination.ToString());
        if (!couldApply)
            yield return ("action", outcome.Action);
        else if (outcome.Verdict is not Clean)
            yield return ("action", "NONE (--apply does what the daemon would do)");
    }
}
