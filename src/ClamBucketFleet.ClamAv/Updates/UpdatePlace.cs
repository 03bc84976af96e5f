using Microsoft.Extensions.Logging;

namespace ClamBucketFleet.ClamAv;

/// <summary>
/// Where updates keep what is theirs: a directory within the database directory, because what confines ClamAV's programs
/// lets them read nothing else. It is held by one process at a time.
/// </summary>
public sealed class UpdatePlace : IDisposable
{
    internal const string Name = ".clambucketfleet";

    // EWOULDBLOCK, of which the runtime makes no exception of its own.
    private const int WouldBlock = 11;

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

    /// <summary>Makes it where it is not there yet, and holds it until it is disposed.</summary>
    /// <exception cref="UpdateUnderWayException">Another process holds it.</exception>
    /// <exception cref="TryAgainException">The disk is full, or read-only.</exception>
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
        catch (IOException exception) when (exception.HResult == WouldBlock)
        {
            throw new UpdateUnderWayException(
                $"{directory} cannot be held for an update, because another update is under way: {exception.Message}", exception);
        }
        catch (IOException exception)
        {
            throw new TryAgainException($"{directory} cannot be held for an update: {exception.Message}", exception);
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
            KeepMemory(Path.Combine(left.FullName, Fetch.Databases), logger);
            left.Delete(recursive: true);
            logger.StagingCleaned(left.FullName);
        }
    }

    /// <summary>Keeps freshclam's memory of a run, whatever came of it; on a full disk that must not end the clean-up.</summary>
    internal void KeepMemory(string databases, ILogger logger)
    {
        var memory = Path.Combine(databases, FreshclamMemory.Name);
        if (!File.Exists(memory))
            return;

        try
        {
            File.Copy(memory, Memory + ".new", overwrite: true);
            NativeFiles.Rename(Memory + ".new", Memory);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            logger.MemoryNotKept(exception.Message);
        }
    }

    public void Dispose() => _lock.Dispose();
}

/// <summary>Another update of the same directory is under way: nothing is wrong.</summary>
public sealed class UpdateUnderWayException(string message, Exception inner) : TryAgainException(message, inner);
