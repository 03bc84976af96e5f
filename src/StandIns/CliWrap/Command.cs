namespace CliWrap;

/// <summary>Instructions for running a process. A command never changes: each With… gives another one.</summary>
public partial class Command : ICommandConfiguration
{
    public Command(string targetFilePath)
    {
        TargetFilePath = targetFilePath;
    }

    private Command(Command other)
    {
        TargetFilePath = other.TargetFilePath;
        Arguments = other.Arguments;
        WorkingDirPath = other.WorkingDirPath;
        EnvironmentVariables = other.EnvironmentVariables;
        Validation = other.Validation;
        StandardInputPipe = other.StandardInputPipe;
        StandardOutputPipe = other.StandardOutputPipe;
        StandardErrorPipe = other.StandardErrorPipe;
    }

    public string TargetFilePath { get; }

    public string Arguments { get; private init; } = "";

    public string WorkingDirPath { get; private init; } = Directory.GetCurrentDirectory();

    public IReadOnlyDictionary<string, string?> EnvironmentVariables { get; private init; } =
        new Dictionary<string, string?>();

    public CommandResultValidation Validation { get; private init; } = CommandResultValidation.ZeroExitCode;

    public PipeSource StandardInputPipe { get; private init; } = PipeSource.Null;

    public PipeTarget StandardOutputPipe { get; private init; } = PipeTarget.Null;

    public PipeTarget StandardErrorPipe { get; private init; } = PipeTarget.Null;

    /// <summary>Each string reaches the process as one argument, whatever is in it.</summary>
    public Command WithArguments(IEnumerable<string> arguments) =>
        new(this) { Arguments = ArgumentString.Join(arguments) };

    public Command WithWorkingDirectory(string workingDirPath) => new(this) { WorkingDirPath = workingDirPath };

    public Command WithEnvironmentVariables(IReadOnlyDictionary<string, string?> environmentVariables) =>
        new(this) { EnvironmentVariables = environmentVariables };

    public Command WithValidation(CommandResultValidation validation) => new(this) { Validation = validation };

    public Command WithStandardInputPipe(PipeSource source) => new(this) { StandardInputPipe = source };

    public Command WithStandardOutputPipe(PipeTarget target) => new(this) { StandardOutputPipe = target };

    public Command WithStandardErrorPipe(PipeTarget target) => new(this) { StandardErrorPipe = target };

    public override string ToString() => $"{TargetFilePath} {Arguments}";
}
