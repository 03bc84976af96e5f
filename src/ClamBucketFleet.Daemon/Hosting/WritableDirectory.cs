namespace ClamBucketFleet.Daemon.Hosting;

/// <summary>Whether files can be made in a directory, found out by making one.</summary>
internal static class WritableDirectory
{
    /// <summary>Makes the directory where it is not there, and a file in it that goes at once.</summary>
    /// <returns>Why it cannot be written to, in the system's words; null where it can.</returns>
    public static string? WhyNot(string directory) => Try(() =>
    {
        Directory.CreateDirectory(directory);
        Probe(directory);
    });

    /// <summary>
    /// The same, and leaves nothing behind: whoever looks may be another user than the one who is to have the directory.
    /// </summary>
    public static string? WhyNotIfMade(string directory) => Try(() => Probe(Existing(directory)));

    /// <summary>The directory, or the nearest one above it that is there.</summary>
    public static string Existing(string directory)
    {
        while (!Directory.Exists(directory) && Path.GetDirectoryName(directory) is { } parent)
            directory = parent;
        return directory;
    }

    private static void Probe(string directory) =>
        File.Create(Path.Combine(directory, $".probe-{Guid.NewGuid():N}"), 1, FileOptions.DeleteOnClose).Dispose();

    private static string? Try(Action write)
    {
        try
        {
            write();
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return e.Message;
        }
    }
}
