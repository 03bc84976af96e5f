using Microsoft.Extensions.Logging;

namespace ClamBucketFleet.ClamAv;

/// <summary>
/// Where updates keep what is theirs: a directory within the database directory, because what confines ClamAV's programs
/// lets them read nothing else. It is held by one process at a time.
/// </summary>
public sealed class UpdatePlace : IDisposable
{
    internal const string Name = ".clambucketfleet";

    private readonly FileStream _lock;

    private UpdatePlace(string directory, FileStream held)
    {
        (Directory, _lock) = (directory, held);
        Home = Path.Combine(directory, Name);
    }

    /// <summary><c>Scan:DatabaseDirectory</c>.</summary>
    public string Directory { get; }

    internal string Home { get; }

    internal string Sets => Path.Combine(Home, "sets");

    internal string Staging => Path.Combine(Home, "staging");

    /// <summary>The identity that freshclam shows, which outlives every run.</summary>
    internal string Memory => Path.Combine(Home, FreshclamMemory.Name);

    internal string State => Path.Combine(Home, "state.json");

    /// <summary>Makes it where it is not there yet, and holds it until it is disposed.</summary>
    /// <exception cref="TryAgainException">Another process holds it.</exception>
    /// <exception cref="FatalConfigurationException">There is no such directory, or it is not for this user.</exception>
    public static UpdatePlace Take(string directory)
    {
        directory = Path.GetFullPath(directory);
        if (!System.IO.Directory.Exists(directory))
            throw new FatalConfigurationException($"There is no directory {directory} (Scan:DatabaseDirectory).");

        try
        {
            var home = System.IO.Directory.CreateDirectory(Path.Combine(directory, Name)).FullName;
            NativeFiles.LetAllRead(home);
            var held = new FileStream(Path.Combine(home, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            return new UpdatePlace(directory, held);
        }
        catch (UnauthorizedAccessException exception)
        {
            throw new FatalConfigurationException(
                $"{directory} (Scan:DatabaseDirectory) cannot be written to: run the update as the user that it belongs to " +
                $"(Debian: runuser -u clamav -- …). {exception.Message}",
                exception);
        }
        catch (IOException exception)
        {
            throw new TryAgainException(
                $"{directory} cannot be held for an update; most likely another update is under way: {exception.Message}", exception);
        }
    }

    /// <summary>A directory for one attempt, which nothing that an earlier one left behind writes into.</summary>
    internal StagingDirectory CreateStaging() => new(Path.Combine(Staging, SpoolDirectory.RandomName()));

    /// <summary>Removes what killed runs left.</summary>
    internal void EmptyStaging(ILogger logger)
    {
        if (!System.IO.Directory.Exists(Staging))
            return;

        foreach (var left in new DirectoryInfo(Staging).EnumerateDirectories())
        {
            KeepMemory(Path.Combine(left.FullName, Fetch.Databases));
            left.Delete(recursive: true);
            logger.StagingCleaned(left.FullName);
        }
    }

    /// <summary>Keeps freshclam's memory of a run, whatever came of it.</summary>
    internal void KeepMemory(string databases)
    {
        var memory = Path.Combine(databases, FreshclamMemory.Name);
        if (!File.Exists(memory))
            return;

        File.Copy(memory, Memory + ".new", overwrite: true);
        NativeFiles.Rename(Memory + ".new", Memory);
    }

    public void Dispose() => _lock.Dispose();
}
