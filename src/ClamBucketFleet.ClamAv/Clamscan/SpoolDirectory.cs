using System.Security.Cryptography;
using Microsoft.Extensions.Logging;

namespace ClamBucketFleet.ClamAv;

/// <summary>
/// This process's own directory in the spool. A lock file beside it says that it is in use, so that the next process
/// removes what a killed one left.
/// </summary>
internal sealed class SpoolDirectory : IDisposable
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const string LockSuffix = ".lock";

    private readonly FileStream _lock;
    private readonly string _path;

    private SpoolDirectory(string parent)
    {
        _path = Path.Combine(parent, $"{Environment.ProcessId}-{RandomName()}");
        _lock = Lock(_path + LockSuffix, FileMode.CreateNew);
        (Objects, Temporary) = (Path.Combine(_path, "objects"), Path.Combine(_path, "tmp"));
        try
        {
            EnsureDirectories();
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Where contents lie while they are scanned.</summary>
    public string Objects { get; }

    /// <summary>Where clamscan unpacks.</summary>
    public string Temporary { get; }

    /// <exception cref="IOException">Not there, full, read-only.</exception>
    /// <exception cref="UnauthorizedAccessException">Not for this user.</exception>
    public static SpoolDirectory Open(string parent, ILogger logger)
    {
        CreateDirectory(parent);
        foreach (var left in Directory.EnumerateFiles(parent, "*" + LockSuffix))
            RemoveIfLeft(left, logger);
        return new SpoolDirectory(parent);
    }

    /// <summary>A name that nobody can foresee.</summary>
    public static string RandomName() => RandomNumberGenerator.GetHexString(32, lowercase: true);

    public static FileStream CreateFile(string path)
    {
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            Share = FileShare.Read,
            BufferSize = 0,
            Options = FileOptions.Asynchronous,
        };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return new FileStream(path, options);
    }

    /// <summary>Somebody may have cleaned up.</summary>
    public void EnsureDirectories()
    {
        // One at a time: parents that come along get the usual permissions.
        CreateDirectory(_path);
        CreateDirectory(Objects);
        CreateDirectory(Temporary);
    }

    /// <summary>Removes what clamscan did not remove itself.</summary>
    public void EmptyTemporary()
    {
        Directory.Delete(Temporary, recursive: true);
        CreateDirectory(Temporary);
    }

    public void Dispose()
    {
        if (Directory.Exists(_path))
            Directory.Delete(_path, recursive: true);
        File.Delete(_path + LockSuffix);
        _lock.Dispose();
    }

    private static void RemoveIfLeft(string lockFile, ILogger logger)
    {
        try
        {
            using var held = Lock(lockFile, FileMode.Open);
            var directory = lockFile[..^LockSuffix.Length];
            if (Directory.Exists(directory))
                Directory.Delete(directory, recursive: true);
            File.Delete(lockFile);
            logger.SpoolCleaned(directory);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Its process lives.
        }
    }

    private static FileStream Lock(string path, FileMode mode) => new(path, mode, FileAccess.ReadWrite, FileShare.None);

    private static void CreateDirectory(string path)
    {
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(path);
        else
            Directory.CreateDirectory(path, Private);
    }
}
