namespace ClamBucketFleet.ClamAv;

/// <summary>
/// Sets of definitions beside each other, one of them in use: a database directory holds, for each file of that set, a
/// symbolic link through <c>.clambucketfleet/current</c>. What uses another set renames that one link, and no reader ever
/// meets files of two sets.
/// </summary>
/// <remarks>Every step can be the last one before a SIGKILL: <see cref="Recover"/> mends what is left then.</remarks>
internal sealed class DefinitionSets(UpdatePlace place, TimeProvider time)
{
    private const string SetsInLinks = UpdatePlace.Name + "/sets/";
    private const string CurrentInLinks = UpdatePlace.Name + "/current/";

    private string LoadedMark => Path.Combine(place.Directory, DatabaseNames.LoadedMark);

    private string CurrentLink => Path.Combine(place.Home, "current");

    private string PreviousLink => Path.Combine(place.Home, "previous");

    private string ProvenLink => Path.Combine(place.Home, "proven");

    /// <summary>The set in use; null before the first.</summary>
    public string? Current => Target(CurrentLink);

    /// <summary>The one before it, which is kept; null where there is none.</summary>
    public string? Previous => Target(PreviousLink);

    /// <summary>The one that clamd last passed its self-test with, which is kept; null where there is none.</summary>
    public string? Proven => Target(ProvenLink);

    public string PathOf(string set) => Path.Combine(place.Sets, set);

    /// <summary>Ends or undoes a switch that was cut off, and removes the sets that nobody needs.</summary>
    public void Recover()
    {
        NativeFiles.LetAllRead(Directory.CreateDirectory(place.Sets).FullName);
        if (Current is { } current)
            Run(Plan(current, current, takesOver: false));

        // With an empty one clamd loads nothing at all.
        if (new FileInfo(LoadedMark) is { Exists: true, Length: 0 })
            File.Delete(LoadedMark);
        string?[] kept = [Current, Previous, Proven];
        foreach (var set in Directory.EnumerateDirectories(place.Sets).Select(Path.GetFileName).Except(kept))
            Directory.Delete(PathOf(set!), recursive: true);
    }

    /// <summary>
    /// Makes a set of all managed databases where some of them are regular files: on a machine that freshclam itself
    /// filled, or after somebody ran it by hand. Readers notice nothing.
    /// </summary>
    /// <param name="isManaged">Whether a regular file of this name is no local one.</param>
    public void Adopt(Func<string, bool> isManaged)
    {
        if (Entries().Any(entry => !entry.IsOurs && isManaged(entry.Name)))
            Run(Plan(Create(Managed(isManaged)), Current, takesOver: true));
    }

    /// <summary>The managed databases that a reader finds, with a path to each.</summary>
    public IReadOnlyDictionary<string, string> Managed(Func<string, bool> isManaged) => Entries()
        .Where(entry => (entry.IsOurs || isManaged(entry.Name)) && File.Exists(entry.Path))
        .GroupBy(entry => DatabaseNames.IsSigned(entry.Name) ? Path.GetFileNameWithoutExtension(entry.Name) : entry.Name)
        .Select(Newest)
        .ToDictionary(entry => entry.Name, entry => entry.Path);

    /// <summary>The operator's own databases, which no update touches; the product's own are among them.</summary>
    public IEnumerable<string> LocalFiles(Func<string, bool> isManaged) =>
        Entries().Where(entry => !entry.IsOurs && !isManaged(entry.Name) && File.Exists(entry.Path)).Select(entry => entry.Path);

    /// <summary>Makes a set that is not in use yet.</summary>
    /// <param name="files">Names, and where each lies now; what can be is linked, not copied.</param>
    public string Create(IReadOnlyDictionary<string, string> files)
    {
        var set = $"{time.GetUtcNow():yyyyMMdd'T'HHmmss'Z'}-{SpoolDirectory.RandomName()[..8]}";
        NativeFiles.LetAllRead(Directory.CreateDirectory(PathOf(set)).FullName);
        foreach (var (name, path) in files)
        {
            var file = Path.Combine(PathOf(set), name);
            NativeFiles.LinkOrCopy(Followed(path), file);
            NativeFiles.LetAllRead(file);

            // A machine may lose its power right after the switch.
            using var handle = File.OpenHandle(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            RandomAccess.FlushToDisk(handle);
        }

        return set;
    }

    /// <summary>Remembers that clamd passed its self-test with the set in use.</summary>
    public void Prove()
    {
        if (Current is { } current && current != Proven)
            Link($"sets/{current}", ProvenLink);
    }

    /// <summary>Takes a set into use; afterwards this one, the one before it and the proven one are left.</summary>
    public void Use(string set)
    {
        Run(PlanUse(set));
        Recover();
    }

    /// <summary>The proven set is used again, or else the one before the present one, and the present one is gone.</summary>
    /// <returns>False where there is no other than the present one.</returns>
    public bool GoBack()
    {
        var proven = Proven is { } known && Directory.Exists(PathOf(known)) ? known : null;
        if ((proven ?? Previous) is not { } good || good == Current || !Directory.Exists(PathOf(good)))
            return false;

        Run(Plan(good, Current, takesOver: true));
        File.Delete(PreviousLink);
        Recover();
        return true;
    }

    /// <summary>The steps of <see cref="Use"/>: after each of them a reader finds a whole set.</summary>
    internal IReadOnlyList<Action> PlanUse(string set) => Plan(set, Current, takesOver: true);

    // What only one of the two sets has is there throughout, past the link that is switched.
    private List<Action> Plan(string set, string? old, bool takesOver)
    {
        var names = Directory.EnumerateFiles(PathOf(set)).Select(path => Path.GetFileName(path)).ToHashSet(StringComparer.Ordinal);
        var entries = Entries().ToArray();
        var there = entries.Select(entry => entry.Name).ToHashSet(StringComparer.Ordinal);
        var stems = names.Where(DatabaseNames.IsSigned).Select(Path.GetFileNameWithoutExtension).ToHashSet();
        var steps = new List<Action>();
        if (old != set)
        {
            if (old is not null)
            {
                steps.Add(() => Link($"sets/{old}", PreviousLink));
                steps.AddRange(entries.Where(entry => entry.Target == CurrentInLinks + entry.Name && !names.Contains(entry.Name))
                    .Select(entry => Linking(entry.Name, $"{SetsInLinks}{old}/{entry.Name}")));
            }

            steps.AddRange(names.Where(name => !there.Contains(name)).Select(name => Linking(name, $"{SetsInLinks}{set}/{name}")));
            steps.Add(() => Link($"sets/{set}", CurrentLink));
        }

        steps.AddRange(names
            .Where(name => entries.FirstOrDefault(entry => entry.Name == name) is not { } entry ||
                (entry.IsOurs ? entry.Target != CurrentInLinks + name : takesOver))
            .Select(name => Linking(name, CurrentInLinks + name)));
        steps.AddRange(entries
            .Where(entry => !names.Contains(entry.Name) && (entry.IsOurs || (takesOver && IsReplaced(entry.Name))))
            .Select(entry => new Action(() => File.Delete(entry.Path))));
        return steps;

        bool IsReplaced(string name) => DatabaseNames.IsSigned(name) && stems.Contains(Path.GetFileNameWithoutExtension(name));
    }

    private static void Run(IEnumerable<Action> steps)
    {
        foreach (var step in steps)
            step();
    }

    private Action Linking(string name, string target) => () => Link(target, Path.Combine(place.Directory, name));

    private void Link(string target, string path)
    {
        var link = Path.Combine(place.Home, "link.new");
        File.Delete(link);
        File.CreateSymbolicLink(link, target);
        NativeFiles.Rename(link, path);
    }

    private IEnumerable<Entry> Entries() => new DirectoryInfo(place.Directory).EnumerateFiles()
        .Where(file => DatabaseNames.IsLoaded(file.Name))
        .Select(file => new Entry(file.Name, file.FullName, file.LinkTarget));

    private static string? Target(string link) =>
        new FileInfo(link).LinkTarget is { } target ? Path.GetFileName(target) : null;

    /// <summary>The file itself, of which there can be another link.</summary>
    public static string Followed(string path) =>
        File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path;

    private static Entry Newest(IEnumerable<Entry> sameDatabase) => sameDatabase
        .OrderByDescending(entry => CvdHeader.OfFile(entry.Path)?.Number ?? 0)
        .ThenBy(entry => entry.IsOurs)
        .First();

    private sealed record Entry(string Name, string Path, string? Target)
    {
        public bool IsOurs => Target?.StartsWith(UpdatePlace.Name + "/", StringComparison.Ordinal) is true;
    }
}
