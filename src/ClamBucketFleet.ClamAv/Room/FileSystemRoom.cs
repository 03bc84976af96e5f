using System.Globalization;
using System.Runtime.InteropServices;

namespace ClamBucketFleet.ClamAv;

/// <summary>What is left on a file system for users other than root.</summary>
/// <param name="Bytes">Free.</param>
/// <param name="Files">Free inodes; null where the file system makes them as they are needed.</param>
/// <param name="IsReadOnly">Nothing can be written at all.</param>
internal sealed partial record FileSystemRoom(long Bytes, long? Files, bool IsReadOnly)
{
    /// <summary>What one scan takes in passing beside the object itself: parts of mails, streams, normalized pages.</summary>
    private const long LeastBytes = 16L << 20;

    /// <summary>An archive nested as deep as ClamAV goes holds a hundred files at once.</summary>
    private const long LeastFiles = 100;

    /// <summary>What it lacks, or null.</summary>
    public string? Shortage => this switch
    {
        { IsReadOnly: true } => "it is read-only",
        { Bytes: < LeastBytes } => string.Create(
            CultureInfo.InvariantCulture, $"{Bytes} bytes are free, fewer than the {LeastBytes} that a scan may take in passing"),
        { Files: < LeastFiles } => string.Create(
            CultureInfo.InvariantCulture, $"{Files} inodes are free, fewer than the {LeastFiles} that a nested archive may take"),
        _ => null,
    };

    /// <exception cref="IOException">It is not there, or not for this user.</exception>
    public static unsafe FileSystemRoom Of(string directory)
    {
        // Eleven words of 64 bits, with more behind them than any C library fills in.
        var words = stackalloc ulong[32];
        if (StatVfs(directory, words) != 0)
        {
            var error = Marshal.GetLastPInvokeError();
            throw new IOException($"{directory}: {Marshal.GetPInvokeErrorMessage(error)}", error);
        }

        const ulong readOnly = 1;
        var (unit, available, files, freeFiles, flags) = (words[1], words[4], words[5], words[7], words[9]);
        return new FileSystemRoom(
            (long)Math.Min(unit * available, long.MaxValue),
            files == 0 ? null : (long)Math.Min(freeFiles, long.MaxValue),
            (flags & readOnly) != 0);
    }

    [LibraryImport("libc", EntryPoint = "statvfs", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static unsafe partial int StatVfs(string path, ulong* buffer);
}
