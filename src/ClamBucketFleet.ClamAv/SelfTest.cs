using System.Text;

namespace ClamBucketFleet.ClamAv;

/// <summary>Whether an engine finds what it must find, and only that.</summary>
public static class SelfTest
{
    /// <summary>Scans EICAR, EICAR in an archive, and a harmless text; has a clamd show that its limits speak.</summary>
    /// <exception cref="ScannerUnavailableException">One of the answers is wrong, or there is none.</exception>
    public static async Task RunAsync(IScanEngine engine, CancellationToken cancellationToken)
    {
        await FindAsync(engine, cancellationToken);
        try
        {
            if (engine is ISettingsProbed probed)
                await probed.ProveSettingsAsync(cancellationToken);
        }
        catch (TryAgainException exception)
        {
            throw new ScannerUnavailableException($"clamd's settings cannot be probed: {exception.Message}", exception);
        }
    }

    /// <summary>Scans EICAR, EICAR in an archive, and a harmless text.</summary>
    /// <exception cref="ScannerUnavailableException">One of the answers is wrong, or there is none.</exception>
    public static async Task FindAsync(IScanEngine engine, CancellationToken cancellationToken)
    {
        var raw = ScanAsync(engine, EicarFile.Bytes(), cancellationToken);
        var zip = ScanAsync(engine, EicarFile.Zip(), cancellationToken);
        var text = ScanAsync(engine, Harmless(), cancellationToken);
        try
        {
            Expect<Infected>(await raw, "EICAR test file",
                "do the definitions hold a signature for it? ClamAV's own do; custom ones may need one added");
            Expect<Infected>(await zip, "EICAR test file in a ZIP archive",
                "is the engine's temporary directory there, writable, and not full? Is ScanArchive on?");
            Expect<Clean>(await text, "harmless text",
                "a signature among the definitions matches anything, or the limits are far too low");
        }
        catch (TryAgainException exception)
        {
            throw new ScannerUnavailableException($"The engine failed its self-test: {exception.Message}", exception);
        }
        finally
        {
            await ((Task)Task.WhenAll(raw, zip, text)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static async Task<Verdict> ScanAsync(IScanEngine engine, byte[] content, CancellationToken cancellationToken)
    {
        await using var stream = new MemoryStream(content, writable: false);
        return await engine.ScanAtOnceAsync(stream, content.Length, cancellationToken);
    }

    // Never the same twice: the engine keeps hashes of what it found clean.
    private static byte[] Harmless() => Encoding.ASCII.GetBytes($"A harmless text, {Guid.NewGuid()}.\n");

    private static void Expect<TVerdict>(Verdict verdict, string what, string hint)
        where TVerdict : Verdict
    {
        if (verdict is not TVerdict)
            throw new EngineWrongException($"The engine says {verdict.Status} to the {what}: {hint}.");
    }
}
