namespace ClamBucketFleet.Daemon.Hosting;

/// <summary>Whether files can be made in a directory, found out by making one.</summary>
internal static class WritableDirectory
{
    /// <summary>Makes the directory where it is not there, and a file in it that goes at once.</summary>
    /// <returns>Why it cannot be written to, in the system's words; null where it can.</returns>
    public static string? WhyNot(string directory)
    {
        try
        {
            Directory.CreateDirectory(directory);
            var probe = Path.Combine(directory, $".probe-{Guid.NewGuid():N}");
            File.Create(probe, 1, FileOptions.DeleteOnClose).Dispose();
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return e.Message;
        }
    }
}
