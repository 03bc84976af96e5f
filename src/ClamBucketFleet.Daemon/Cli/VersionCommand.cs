using System.CommandLine;

namespace ClamBucketFleet.Daemon.Cli;

/// <summary><c>version</c>: program, engine and definitions.</summary>
internal sealed class VersionCommand : Command, IHasExamples
{
    public VersionCommand(Option<string?> config, IReadOnlyDictionary<string, string?> settings)
        : base("version", "Prints the versions of the program, the engine and the definitions.")
    {
        var json = new Option<bool>("--json") { Description = "One JSON document on standard output." };
        Add(json);
        SetAction((parsed, cancellationToken) =>
            VersionReport.PrintAsync(parsed.GetValue(config), settings, parsed.GetValue(json), cancellationToken));
    }

    public string Examples => """
        Examples:
          clambucketfleet version
          clambucketfleet version --json
        """;
}
