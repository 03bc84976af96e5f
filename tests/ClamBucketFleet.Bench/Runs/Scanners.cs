using ClamBucketFleet.TestKit;

namespace ClamBucketFleet.Bench.Runs;

/// <summary>ClamAV's programs as the older systems call them for a file.</summary>
internal static class Scanners
{
    public static Func<string, Command> Clamdscan(ClamdServer clamd) => file => new Command(
        Command.Require("clamdscan"), $"--config-file={clamd.ConfigurationFile}", "--fdpass", "--no-summary", file);

    public static Func<string, Command> Clamscan(string definitions) => file => new Command(
        Command.Require("clamscan"), $"--database={definitions}", "--no-summary", file);
}
