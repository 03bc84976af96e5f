namespace CliWrap;

/// <summary>How a process is started and connected.</summary>
public partial interface ICommandConfiguration
{
    string TargetFilePath { get; }

    string Arguments { get; }

    string WorkingDirPath { get; }

    /// <summary>Added to the parent's variables; null removes one.</summary>
    IReadOnlyDictionary<string, string?> EnvironmentVariables { get; }

    CommandResultValidation Validation { get; }

    PipeSource StandardInputPipe { get; }

    PipeTarget StandardOutputPipe { get; }

    PipeTarget StandardErrorPipe { get; }
}
