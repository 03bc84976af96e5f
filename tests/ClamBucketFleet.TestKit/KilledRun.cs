namespace ClamBucketFleet.TestKit;

/// <summary>
/// A run of the calling test program that is there to be killed: one explicit test, which says what it has started and
/// then waits.
/// </summary>
public sealed class KilledRun : IAsyncDisposable
{
    private const string NoteVariable = "KILLED_RUN_NOTE";

    private static readonly TimeSpan StartLimit = TimeSpan.FromMinutes(2);

    private readonly TemporaryDirectory _directory = new();
    private readonly ChildProcess _process;

    private KilledRun(string method) => _process = new Command(
        Environment.ProcessPath!,
        "--explicit", "only", "--filter-method", $"*.{method}", "--results-directory", _directory.Path)
    {
        Environment = new Dictionary<string, string?> { [NoteVariable] = Note },
    }.Start();

    /// <summary>What the run has said about itself.</summary>
    public IReadOnlyList<string> Facts => File.ReadAllLines(Note);

    private string Note => _directory.Combine("note");

    /// <summary>Starts it and waits for its facts.</summary>
    /// <exception cref="InvalidOperationException">It ended before it said anything.</exception>
    public static async Task<KilledRun> StartAsync(string method, CancellationToken cancellationToken)
    {
        var run = new KilledRun(method);
        try
        {
            await Eventually.UntilAsync(() => File.Exists(run.Note) || run._process.HasExited, StartLimit, cancellationToken);
            return File.Exists(run.Note)
                ? run
                : throw new InvalidOperationException($"The run ended by itself:\n{run._process.Output}{run._process.Error}");
        }
        catch
        {
            await run.DisposeAsync();
            throw;
        }
    }

    /// <summary>Within that run: says what there is to know about it, and waits for the end.</summary>
    public static async Task TellAndWaitAsync(CancellationToken cancellationToken, params string[] facts)
    {
        var note = Environment.GetEnvironmentVariable(NoteVariable) ?? throw new InvalidOperationException(NoteVariable);
        await File.WriteAllLinesAsync($"{note}.new", facts, cancellationToken);
        File.Move($"{note}.new", note);
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
    }

    /// <summary>Ends the test program itself and nothing that it has started: that is the matter of such a test.</summary>
    public void Kill() => _process.Send(Signal.Kill);

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        _directory.Dispose();
    }
}
