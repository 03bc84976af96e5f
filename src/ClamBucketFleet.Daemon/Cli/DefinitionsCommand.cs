using System.CommandLine;

namespace ClamBucketFleet.Daemon.Cli;

/// <summary><c>definitions</c>: what is done about the definitions.</summary>
internal sealed class DefinitionsCommand : Command, IHasExamples
{
    public DefinitionsCommand(Option<string?> config, IReadOnlyDictionary<string, string?> settings)
        : base("definitions", "Keeps this machine's definitions up to date.")
    {
        Add(new DefinitionsUpdateCommand(config, settings));
    }

    public string Examples => DefinitionsUpdateCommand.Text;
}
