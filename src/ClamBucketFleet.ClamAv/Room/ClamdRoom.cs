using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace ClamBucketFleet.ClamAv;

/// <summary>
/// The room in clamd's temporary directory, looked at from outside where clamd runs on this machine and this user may
/// see it. What clamd takes during a scan is free again after it, so being near the end counts as having reached it.
/// </summary>
internal sealed class ClamdRoom(ClamdClient client, ILogger logger)
{
    private readonly Lock _lock = new();
    private (int Process, string? Directory)? _known;
    private bool _said;

    /// <summary>Null where it cannot be looked at.</summary>
    /// <exception cref="ScannerUnavailableException">clamd is gone, or its temporary directory is.</exception>
    public FileSystemRoom? Look()
    {
        // Nobody has connected yet: the look after the scan is the first one.
        if (client.PeerProcess is not { } process || Find(process) is not { } directory)
            return null;

        try
        {
            return FileSystemRoom.Of(directory);
        }
        catch (IOException exception)
        {
            const int denied = 13;
            if (exception.HResult == denied)
                SayOnce(exception.Message);
            // A clamd that was started anew is another process.
            var ofProcess = $"/proc/{process}";
            var isGone = directory.StartsWith(ofProcess, StringComparison.Ordinal) && !Directory.Exists(ofProcess);
            if (exception.HResult == denied || isGone)
                return null;

            throw new ScannerUnavailableException(
                $"clamd on {client.Address} has no TemporaryDirectory ({exception.Message}): it calls objects clean that " +
                "it could not unpack.",
                exception);
        }
    }

    /// <exception cref="ScannerUnavailableException">An answer in between counts for nothing.</exception>
    public static void ExpectEnough(FileSystemRoom? before, FileSystemRoom? after)
    {
        if ((before?.Shortage ?? after?.Shortage) is { } shortage)
        {
            throw new ScannerUnavailableException(
                $"clamd's TemporaryDirectory has no room: {shortage}. What clamd says then counts for nothing; free some, " +
                "or set TemporaryDirectory in clamd.conf to a file system that has more.");
        }
    }

    private string? Find(int process)
    {
        lock (_lock)
        {
            if (_known is { } known && known.Process == process)
                return known.Directory;

            string? directory = null;
            try
            {
                directory = ClamdProcess.TemporaryDirectory(process);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                directory = Configured();
                if (directory is null)
                    SayOnce(exception.Message);
            }

            _known = (process, directory);
            return directory;
        }
    }

    private string? Configured()
    {
        try
        {
            return client.Address.EndPoint is UnixDomainSocketEndPoint
                ? ClamdProcess.TemporaryDirectory(client.Address.Text)
                : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private void SayOnce(string reason)
    {
        if (_said)
            return;

        _said = true;
        logger.TemporaryDirectoryUnwatched(client.Address.Text, reason);
    }
}
