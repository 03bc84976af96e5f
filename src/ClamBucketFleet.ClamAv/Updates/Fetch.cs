using Microsoft.Extensions.Logging;

namespace ClamBucketFleet.ClamAv;

/// <summary>Asks the definitions' source for what is new, beside the databases in use.</summary>
internal sealed class Fetch(
    UpdatePlace place, Freshclam freshclam, FreshclamConfiguration configuration, ILogger logger, TimeProvider time)
{
    /// <summary>Where in a staging directory freshclam works.</summary>
    public const string Databases = "databases";

    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <param name="seed">Names and paths of the databases in use.</param>
    /// <param name="staging">A new directory below the place.</param>
    /// <param name="cancellationToken">Gives up, and kills what runs.</param>
    /// <exception cref="ScannerUnavailableException">freshclam cannot be started.</exception>
    /// <exception cref="ServiceUnreachableException">It was killed: too slow.</exception>
    public async Task<Fetched> RunAsync(
        IReadOnlyDictionary<string, string> seed, string staging, CancellationToken cancellationToken)
    {
        var databases = Directory.CreateDirectory(Path.Combine(staging, Databases)).FullName;
        foreach (var (name, path) in seed)
            NativeFiles.LinkOrCopy(DefinitionSets.Followed(path), Path.Combine(databases, name));
        CopyMemory(databases);

        var file = Path.Combine(staging, "freshclam.conf");
        WriteConfiguration(file, databases);
        try
        {
            var run = await freshclam.RunAsync(databases, file, cancellationToken);
            return new Fetched(Kept(databases), run.StayAway(time.GetUtcNow()), run.Failure);
        }
        finally
        {
            place.KeepMemory(databases, logger);
        }
    }

    // A custom database that the configuration no longer names would never change again.
    private Dictionary<string, string> Kept(string databases)
    {
        var files = Directory.EnumerateFiles(databases).Where(path => DatabaseNames.IsLoaded(Path.GetFileName(path))).ToArray();
        foreach (var left in files.Where(path => !configuration.Manages(Path.GetFileName(path))))
            File.Delete(left);
        return files.Where(File.Exists).ToDictionary(path => Path.GetFileName(path));
    }

    private void CopyMemory(string databases)
    {
        string[] memories = [place.Memory, Path.Combine(place.Directory, FreshclamMemory.Name)];
        if (memories.FirstOrDefault(File.Exists) is not { } memory)
            return;

        // freshclam heeds the time in it however far that is.
        var content = File.ReadAllBytes(memory);
        FreshclamMemory.Cap(content, time.GetUtcNow());
        File.WriteAllBytes(Path.Combine(databases, FreshclamMemory.Name), content);
    }

    // The operator's lines may hold a proxy's password.
    private void WriteConfiguration(string file, string databases)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = Private;
        using var writer = new StreamWriter(file, options);
        writer.Write(configuration.For(databases));
    }
}

/// <summary>What came of asking.</summary>
/// <param name="Files">Names and paths of all databases, new or not.</param>
/// <param name="StayAway">Not null where the source asked for patience.</param>
/// <param name="Failure">Not null where not all could be had; what changed did all the same.</param>
internal sealed record Fetched(IReadOnlyDictionary<string, string> Files, StayAway? StayAway, Exception? Failure);
