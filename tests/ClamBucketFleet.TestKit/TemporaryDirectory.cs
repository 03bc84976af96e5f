namespace ClamBucketFleet.TestKit;

/// <summary>A private directory that goes with everything in it.</summary>
public sealed class TemporaryDirectory : IAsyncDisposable, IDisposable
{
    public TemporaryDirectory()
    {
        Path = Directory.CreateTempSubdirectory("cbf-").FullName;
        Reaper.Watch(Path);
    }

    public string Path { get; }

    public string Combine(params string[] names) => System.IO.Path.Combine([Path, .. names]);

    public string CreateDirectory(string name) => Directory.CreateDirectory(Combine(name)).FullName;

    /// <summary>Writes a file, with the directories above it, and returns its path.</summary>
    public string Write(string name, ReadOnlySpan<byte> content)
    {
        var path = Combine(name);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, content);
        return path;
    }

    public void Dispose()
    {
        if (!Directory.Exists(Path)) return;

        // Tests take permissions away; without them back, nothing could be deleted.
        foreach (var directory in new DirectoryInfo(Path).EnumerateDirectories("*", Everything).Where(IsReal))
            GiveBack(directory);
        Directory.Delete(Path, recursive: true);
        Reaper.Forget(Path);
    }

    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }

    private static readonly EnumerationOptions Everything =
        new() { RecurseSubdirectories = true, IgnoreInaccessible = true, AttributesToSkip = FileAttributes.None };

    private static void GiveBack(DirectoryInfo directory)
    {
        if (!OperatingSystem.IsWindows())
            directory.UnixFileMode |= UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    }

    private static bool IsReal(DirectoryInfo directory) => directory.LinkTarget is null;
}
