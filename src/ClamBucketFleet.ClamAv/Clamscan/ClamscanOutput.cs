namespace ClamBucketFleet.ClamAv;

/// <summary>How one invocation of clamscan ended.</summary>
internal sealed record ClamscanRun(int ExitCode, string Output, string Error);

/// <summary>What clamscan said of one file: a verdict, or why there is none.</summary>
internal sealed record FileAnswer(Verdict? Verdict, string? Failure);

/// <summary>
/// clamscan's words, every one of them accounted for. What clamscan prints on a broken temporary directory looks like
/// clean files, so nothing counts unless the canaries were found and nothing was said that is not understood.
/// </summary>
internal sealed class ClamscanOutput
{
    private const int FoundExitCode = 1;
    private const string Found = " FOUND";
    private const string Error = " ERROR";

    private readonly ClamscanRun _run;
    private readonly Dictionary<string, List<string>> _said;
    private readonly int _pathLength;

    /// <param name="run">A run to its end.</param>
    /// <param name="files">All files of the batch, canaries included; their paths are equally long.</param>
    public ClamscanOutput(ClamscanRun run, IReadOnlyCollection<PendingScan> files)
    {
        _run = run;
        _pathLength = files.First().Path.Length;
        _said = files.ToDictionary(file => file.Path, _ => new List<string>(), StringComparer.Ordinal);
        foreach (var line in Lines(run.Output))
        {
            if (PathOf(line) is { } path)
                _said[path].Add(line[(path.Length + 2)..]);
        }
    }

    /// <exception cref="ScannerUnavailableException">It was not found: this clamscan finds nothing.</exception>
    public void ExpectFound(PendingScan canary)
    {
        var names = Names(_said[canary.Path]);
        if (names.Length == 0 || EngineAnswer.Found(names) is not Infected)
        {
            throw new EngineWrongException(
                $"clamscan (exit code {_run.ExitCode}) did not find the EICAR test file that every batch carries: do the " +
                "definitions in Scan:DatabaseDirectory hold a signature for it, is Scan:SpoolDirectory writable and " +
                $"not full? {Errors()}");
        }
    }

    /// <summary>Where the encrypted RAR archive was seen to be one, that a file is RAR says nothing against it.</summary>
    public void BelieveInRar(PendingScan canary)
    {
        if (!_said[canary.Path].Any(text => text.EndsWith(Found, StringComparison.Ordinal) && !IsNoUnrar(text)))
            return;

        foreach (var said in _said.Values.Where(said => said.RemoveAll(IsNoUnrar) > 0 && said.Count == 0))
            said.Add("OK");
    }

    /// <exception cref="TryAgainException">Something is wrong with the whole batch.</exception>
    public void ExpectNothingStrange(IReadOnlyCollection<PendingScan> files)
    {
        var abandoned = files.Where(file => file.Abandoned).Select(file => file.Path).ToArray();
        bool Matters(string line) => !abandoned.Any(path => line.Contains(path, StringComparison.Ordinal));

        if (_run.ExitCode != FoundExitCode)
            throw Worthless($"it ended with exit code {_run.ExitCode}");
        if (!_run.Output.EndsWith('\n'))
            throw Worthless("its output was cut off");
        if (Lines(_run.Output).FirstOrDefault(line => PathOf(line) is null && Matters(line)) is { } strange)
            throw Worthless($"it said: '{SafeText.Escape(strange)}'");
        if (Lines(_run.Error).Any(line => IsError(line) && Matters(line)))
            throw Worthless("it met errors");
    }

    /// <exception cref="TryAgainException">What was said of this file makes the whole batch doubtful.</exception>
    public FileAnswer AnswerFor(PendingScan file)
    {
        var said = _said[file.Path];
        switch (said)
        {
            case ["OK"]:
            case ["Empty file"] when file.Length == 0:
                return NothingFound(file);
            case [var failure] when failure.EndsWith(Error, StringComparison.Ordinal):
                return new FileAnswer(null, $"clamscan gave no verdict; it said: '{SafeText.Escape(failure)}'");
        }

        var names = Names(said);
        return names.Length > 0 && names.Length == said.Count
            ? new FileAnswer(EngineAnswer.Found(names), null)
            : throw Worthless(said.Count == 0
                ? "it left a file out"
                : $"it said of one file: '{SafeText.Escape(string.Join("', '", said))}'");
    }

    private static string[] Names(List<string> said) =>
        [.. said.Where(text => text.EndsWith(Found, StringComparison.Ordinal) && text.Length > Found.Length)
            .Select(text => text[..^Found.Length])];

    // Whoever gives a scan up removes its file, which says nothing about the others.
    private static FileAnswer NothingFound(PendingScan file)
    {
        var now = new FileInfo(file.Path);
        return now.Exists && now.Length == file.Length
            ? new FileAnswer(EngineAnswer.NothingFound(now.Length, file.Length), null)
            : new FileAnswer(null, "The file in the spool changed while clamscan read it.");
    }

    private string? PathOf(string line) =>
        line.Length > _pathLength + 2 &&
        line.AsSpan(_pathLength, 2) is ": " &&
        line[.._pathLength] is var path &&
        _said.ContainsKey(path)
            ? path
            : null;

    private static bool IsError(string line) =>
        line.StartsWith("LibClamAV Error", StringComparison.Ordinal) || line.Contains("ERROR", StringComparison.Ordinal);

    private static bool IsNoUnrar(string text) => text.StartsWith(OwnSignatures.NoUnrar, StringComparison.Ordinal);

    private static string[] Lines(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    // The last ones name the file that is at fault.
    private string Errors()
    {
        var errors = Lines(_run.Output).Concat(Lines(_run.Error)).Where(IsError).TakeLast(3).ToArray();
        return errors.Length == 0 ? "" : $"It said: '{SafeText.Escape(string.Join("; ", errors))}'";
    }

    private TryAgainException Worthless(string reason) =>
        new($"This run of clamscan counts for nothing: {reason}. {Errors()}".TrimEnd());
}
