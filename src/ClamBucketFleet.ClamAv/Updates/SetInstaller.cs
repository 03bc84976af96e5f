using Microsoft.Extensions.Logging;

namespace ClamBucketFleet.ClamAv;

/// <summary>The way of new databases into use.</summary>
internal sealed class SetInstaller(DefinitionSets sets, UpdateParts parts, ILogger logger)
{
    /// <summary>Names and paths of the databases in use.</summary>
    public IReadOnlyDictionary<string, string> InUse => sets.Managed(parts.Manages);

    /// <summary>Tests databases as they will be in use, together with the operator's own.</summary>
    /// <exception cref="TryAgainException">They are no good.</exception>
    public Task TestAsync(IReadOnlyDictionary<string, string> files, string staging, CancellationToken cancellationToken) =>
        parts.Test(
            [.. files.Values, .. sets.LocalFiles(parts.Manages).Where(path => Path.GetFileName(path) != DatabaseNames.LoadedMark)],
            staging,
            cancellationToken);

    /// <summary>Takes databases into use that were tested.</summary>
    public void Use(IReadOnlyDictionary<string, string> files, IReadOnlyList<string> changed)
    {
        sets.Adopt(parts.Manages);
        sets.Use(sets.Create(files));
        logger.DefinitionsSwitched(SafeText.Escape(string.Join(", ", changed)));
    }

    /// <summary>Has clamd load what is in use, where it has not yet: an update may have been killed before it could.</summary>
    /// <returns>Why clamd has not loaded it; null where it has, or where there is none.</returns>
    /// <exception cref="EngineWrongException">clamd was wrong with it; what there was before it, if anything, is in use again.</exception>
    public async Task<string?> LoadAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (sets.Current is { } set && await parts.Reload(set, cancellationToken) == ReloadOutcome.Loaded)
                sets.Prove();
            return null;
        }
        catch (EngineWrongException exception)
        {
            if (!sets.GoBack())
                throw;

            logger.DefinitionsSwitchedBack(exception.Message);
            await ReloadAgainAsync(cancellationToken);
            throw new EngineWrongException(
                $"clamd fails its self-test with the new definitions; earlier ones are in use again. {exception.Message}", exception);
        }
        catch (ScannerUnavailableException exception)
        {
            logger.ReloadFailed(exception.Message);
            return exception.Message;
        }
    }

    private async Task ReloadAgainAsync(CancellationToken cancellationToken)
    {
        try
        {
            await parts.Reload(sets.Current!, cancellationToken);
        }
        catch (ScannerUnavailableException exception)
        {
            logger.ReloadFailed(exception.Message);
        }
    }
}
