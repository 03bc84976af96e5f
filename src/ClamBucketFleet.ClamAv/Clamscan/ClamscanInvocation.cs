namespace ClamBucketFleet.ClamAv;

/// <summary>One batch through one process, with its canaries.</summary>
internal sealed class ClamscanInvocation(
    ClamscanCommand command, ClamscanSettings settings, Spool spool, DefinitionsReader definitions)
{
    /// <summary>Gives every file of the batch its verdict or its failure.</summary>
    /// <exception cref="TryAgainException">The whole batch counts for nothing.</exception>
    /// <exception cref="ScannerUnavailableException">And no other batch would.</exception>
    public async Task RunAsync(IReadOnlyCollection<PendingScan> batch, CancellationToken cancellationToken)
    {
        if (definitions.Read() is null)
            throw NoDefinitions(definitions.Directory);

        var directory = spool.Directory;
        var list = Path.Combine(directory.Objects, SpoolDirectory.RandomName());
        var signatures = Path.Combine(directory.Objects, SpoolDirectory.RandomName() + ".ldb");
        var raw = Canary(directory, EicarFile.Bytes());
        var zip = Canary(directory, EicarFile.Zip());
        var rar = Canary(directory, ProbeObjects.EncryptedRar());
        PendingScan[] all = [raw, .. batch, zip, rar];
        try
        {
            spool.Guard(() => Write(directory, signatures, list, all, [(raw, EicarFile.Bytes()), (zip, EicarFile.Zip()), (rar, ProbeObjects.EncryptedRar())]));
            var before = spool.Guard(() => FileSystemRoom.Of(directory.Temporary));
            var run = await command.ScanAsync(
                definitions.Directory, signatures, list, directory.Temporary, settings.ScanTime, cancellationToken);
            var output = new ClamscanOutput(run, all);
            output.ExpectFound(raw);
            output.ExpectFound(zip);
            output.ExpectNothingStrange(all);
            output.BelieveInRar(rar);
            Answer(output, batch, before.Shortage ?? spool.Guard(() => FileSystemRoom.Of(directory.Temporary)).Shortage);
        }
        finally
        {
            CleanUp(directory, [list, signatures, raw.Path, zip.Path, rar.Path]);
        }
    }

    internal static ScannerUnavailableException NoDefinitions(string directory) => new(
        $"There are no definitions in {directory} (Scan:DatabaseDirectory): run 'clambucketfleet definitions update'.") { IsEverywhere = true };

    private static ScannerUnavailableException NoRoom(string shortage) => new(
        $"The file system of Scan:SpoolDirectory, where clamscan unpacks, has no room: {shortage}. What clamscan says then " +
        "counts for nothing; free some, or lower Scan:SpoolLimit.");

    private static PendingScan Canary(SpoolDirectory directory, byte[] content) =>
        new(Path.Combine(directory.Objects, SpoolDirectory.RandomName()), content.Length);

    private static bool Write(
        SpoolDirectory directory, string signatures, string list, PendingScan[] all, (PendingScan File, byte[] Content)[] canaries)
    {
        directory.EnsureDirectories();
        foreach (var (canary, content) in canaries)
        {
            using var file = SpoolDirectory.CreateFile(canary.Path);
            file.Write(content);
        }

        using (var file = SpoolDirectory.CreateFile(signatures))
            OwnSignatures.Write(file);

        using var writer = new StreamWriter(SpoolDirectory.CreateFile(list));
        foreach (var file in all)
            writer.Write($"{file.Path}\n");
        return true;
    }

    // All answers are read before the first one is given: any of them may say that none counts.
    // What was found was found, whatever else could not be unpacked.
    private static void Answer(ClamscanOutput output, IReadOnlyCollection<PendingScan> batch, string? shortage)
    {
        var answers = batch.Where(file => !file.Abandoned)
            .Select(file => (File: file, Answer: output.AnswerFor(file)))
            .ToArray();
        foreach (var (file, answer) in answers)
        {
            if (answer.Verdict is { } verdict && (shortage is null || verdict is Infected))
                file.Give(verdict);
            else if (shortage is not null)
                file.Fail(NoRoom(shortage));
            else
                file.Fail(new TryAgainException(answer.Failure!));
        }
    }

    private void CleanUp(SpoolDirectory directory, string[] files)
    {
        spool.CleanUp(() =>
        {
            foreach (var file in files)
                File.Delete(file);
            directory.EmptyTemporary();
        });
    }
}
