namespace CliWrap.Buffered;

/// <summary>How a process ended, and all that it wrote.</summary>
public partial class BufferedCommandResult(
    int exitCode, DateTimeOffset startTime, DateTimeOffset exitTime, string standardOutput, string standardError)
    : CommandResult(exitCode, startTime, exitTime)
{
    public string StandardOutput { get; } = standardOutput;

    public string StandardError { get; } = standardError;
}
