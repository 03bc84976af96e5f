using System.Buffers;
using Microsoft.Extensions.Logging;

namespace ClamBucketFleet.ClamAv;

/// <summary>One content in the spool. Disposing it removes the file and gives its room back.</summary>
internal sealed class SpooledFile(string path, long length, IDisposable room) : IDisposable
{
    public string Path => path;

    /// <summary>Bytes.</summary>
    public long Length => length;

    public void Dispose()
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The directory is gone or read-only; the next process removes what is left.
        }
        finally
        {
            room.Dispose();
        }
    }
}

/// <summary>Contents on their way into clamscan. Opened at the first use, and again while that fails.</summary>
internal sealed class Spool(string parent, long limit, ILogger logger) : IDisposable
{
    private const int Chunk = 128 * 1024;
    private const int ShareOfFree = 80;

    private readonly Lock _lock = new();
    private SpoolDirectory? _directory;
    private SpoolBudget? _budget;

    /// <exception cref="ScannerUnavailableException">The spool cannot be used.</exception>
    public SpoolDirectory Directory => Guard(() => Open().Directory);

    /// <param name="content">Read to its end.</param>
    /// <param name="length">Bytes that it must have.</param>
    /// <param name="hasRoom">Called when there is room for it, before anything is read.</param>
    /// <param name="cancellationToken">Gives it up.</param>
    /// <exception cref="TryAgainException">The content has another length than declared, or is too large.</exception>
    /// <exception cref="ScannerUnavailableException">The spool cannot be used.</exception>
    public async Task<SpooledFile> WriteAsync(Stream content, long length, Action hasRoom, CancellationToken cancellationToken)
    {
        var (directory, budget) = Guard(Open);
        var path = Path.Combine(directory.Objects, SpoolDirectory.RandomName());
        var spooled = new SpooledFile(path, length, await budget.AcquireAsync(length, cancellationToken));
        try
        {
            hasRoom();
            await using var file = Guard(() =>
            {
                directory.EnsureDirectories();
                return SpoolDirectory.CreateFile(path);
            });
            await CopyAsync(content, length, file, cancellationToken);
            return spooled;
        }
        catch
        {
            spooled.Dispose();
            throw;
        }
    }

    /// <summary>Runs what touches the spool.</summary>
    /// <exception cref="ScannerUnavailableException">The spool cannot be used.</exception>
    public TResult Guard<TResult>(Func<TResult> action)
    {
        try
        {
            return action();
        }
        catch (Exception exception) when (IsTrouble(exception))
        {
            throw Unusable(exception);
        }
    }

    /// <summary>Runs what removes files. Failing is no harm: the next use finds out whether the spool is fit for it.</summary>
    public void CleanUp(Action action)
    {
        try
        {
            action();
        }
        catch (Exception exception) when (IsTrouble(exception))
        {
            logger.SpoolLeft(parent, exception.Message);
        }
    }

    public void Dispose()
    {
        lock (_lock)
            CleanUp(() => _directory?.Dispose());
    }

    private (SpoolDirectory Directory, SpoolBudget Budget) Open()
    {
        lock (_lock)
        {
            _directory ??= SpoolDirectory.Open(parent, logger);
            _budget ??= new SpoolBudget(() => limit > 0 ? limit : Guard(MostOfWhatIsFree));
            return (_directory, _budget);
        }
    }

    private long MostOfWhatIsFree()
    {
        var share = new DriveInfo(parent).AvailableFreeSpace / 100 * ShareOfFree;
        return share > 0 ? share : throw new IOException("No space is left.");
    }

    private async Task CopyAsync(Stream content, long length, FileStream file, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(Chunk);
        try
        {
            var total = 0L;
            while (await content.ReadAsync(buffer.AsMemory(0, Chunk), cancellationToken) is var count and > 0)
            {
                total += count;
                if (total > length)
                    break;

                await AppendAsync(file, buffer.AsMemory(0, count), cancellationToken);
            }

            if (total != length)
                throw new TryAgainException($"The object has not the {length} bytes that it should have, but {total} or more.");
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private async Task AppendAsync(FileStream file, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        try
        {
            await file.WriteAsync(bytes, cancellationToken);
        }
        catch (Exception exception) when (IsTrouble(exception))
        {
            throw Unusable(exception);
        }
    }

    private static bool IsTrouble(Exception exception) => exception is IOException or UnauthorizedAccessException;

    private ScannerUnavailableException Unusable(Exception exception) => new(
        $"The spool {parent} (Scan:SpoolDirectory) cannot be written to: {exception.Message} Give it room, and " +
        "permission to this user.",
        exception);
}
