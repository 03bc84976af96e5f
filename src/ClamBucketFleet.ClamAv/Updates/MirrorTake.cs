using Microsoft.Extensions.Logging;

namespace ClamBucketFleet.ClamAv;

/// <summary>Takes what the mirror has into use, as far as it is for this machine.</summary>
internal sealed class MirrorTake(
    IDefinitionsMirror mirror, UpdatePlace place, SetInstaller installer, UpdateParts parts, ILogger logger)
{
    /// <returns>Names of the databases that changed; null where the mirror is behind what is in use here.</returns>
    /// <exception cref="TryAgainException">It cannot be had, or is no good.</exception>
    public async Task<IReadOnlyList<string>?> RunAsync(DefinitionsManifest manifest, CancellationToken cancellationToken)
    {
        var inUse = installer.InUse;
        var wanted = Wanted(manifest, inUse.Keys);
        var before = await SetFiles.ReadAsync(inUse, cancellationToken);
        var changed = SetFiles.Changed(before, wanted);
        if (changed.Count == 0)
            return changed;

        logger.TakingFromMirror(SafeText.Escape(string.Join(", ", changed)));
        using var staging = place.CreateStaging();
        var directory = Directory.CreateDirectory(Path.Combine(staging.Path, "mirror")).FullName;
        var files = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var file in wanted)
        {
            var path = Path.Combine(directory, file.Name);
            if (before.FirstOrDefault(known => known.Sha256 == file.Sha256) is { } same)
                NativeFiles.LinkOrCopy(DefinitionSets.Followed(inUse[same.Name]), path);
            else
                await mirror.FetchAsync(file, path, cancellationToken);
            if (IsOlder(file.Name, path, inUse))
                return null;

            // The age of a database that is not signed is the same on all instances.
            if (File.GetLastWriteTimeUtc(path) != file.Modified.UtcDateTime)
                File.SetLastWriteTimeUtc(path, file.Modified.UtcDateTime);
            files.Add(file.Name, path);
        }

        await installer.TestAsync(files, staging.Path, cancellationToken);
        installer.Use(files, changed);
        return changed;
    }

    // Who can write to the bucket neither replaces the operator's own files nor brings what nobody here asked for.
    private List<DefinitionsFile> Wanted(DefinitionsManifest manifest, IEnumerable<string> inUse)
    {
        foreach (var file in manifest.Files)
        {
            if (file.Name != Path.GetFileName(file.Name) || !DatabaseNames.IsDatabase(file.Name))
                throw new TryAgainException($"The mirror names a file '{SafeText.Escape(file.Name)}', which is no database's name.");
        }

        var wanted = manifest.Files.Where(file => parts.Manages(file.Name)).ToList();
        if (wanted.Count < manifest.Files.Count)
            logger.LeftOnMirror(SafeText.Escape(string.Join(", ", manifest.Files.Except(wanted).Select(file => file.Name))));
        if (wanted.Count == 0)
            throw new TryAgainException("The mirror has no database that this machine's freshclam.conf knows of.");

        var missing = Stems(inUse).Except(Stems(wanted.Select(file => file.Name))).Order(StringComparer.Ordinal).ToArray();
        return missing.Length == 0 ? wanted : throw new TryAgainException(
            $"The mirror lacks signed databases that are in use here: {SafeText.Escape(string.Join(", ", missing))}.");
    }

    private bool IsOlder(string name, string path, IReadOnlyDictionary<string, string> inUse)
    {
        if (!DatabaseNames.IsSigned(name) || CvdHeader.OfFile(path) is not { } theirs)
            return false;

        var here = inUse.Where(file => DatabaseNames.IsSigned(file.Key) && Stem(file.Key) == Stem(name))
            .Select(file => CvdHeader.OfFile(file.Value))
            .FirstOrDefault();
        if (here is null || here.Number <= theirs.Number)
            return false;

        logger.MirrorIsBehind(SafeText.Escape(name), theirs.Number, here.Number);
        return true;
    }

    private static IEnumerable<string> Stems(IEnumerable<string> names) => names.Where(DatabaseNames.IsSigned).Select(Stem);

    private static string Stem(string name) => Path.GetFileNameWithoutExtension(name);
}
