namespace CliWrap;

/// <summary>Which results are errors.</summary>
[Flags]
public enum CommandResultValidation
{
    None = 0,

    /// <summary>Any exit code but 0 throws.</summary>
    ZeroExitCode = 1,
}
