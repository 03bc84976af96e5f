namespace CliWrap;

/// <summary>Where a command begins.</summary>
public static class Cli
{
    /// <param name="targetFilePath">A path, or a name that is looked up in PATH.</param>
    public static Command Wrap(string targetFilePath) => new(targetFilePath);
}
