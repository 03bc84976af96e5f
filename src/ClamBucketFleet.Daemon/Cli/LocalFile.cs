using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace ClamBucketFleet.Daemon.Cli;

/// <summary>Files on disk that <c>scan</c> is given.</summary>
internal static partial class LocalFile
{
    // statx(2): the one form of stat whose layout is the same on every architecture.
    private const int CurrentDirectory = -100;
    private const uint WithType = 1;
    private const int StatusSize = 256;
    private const int ModeOffset = 28;
    private const int TypeMask = 0xF000;
    private const int RegularFile = 0x8000;
    private const int DirectoryFile = 0x4000;

    /// <summary>Opens a regular file; whatever else there is (a pipe, a device) is never opened: that could block.</summary>
    /// <exception cref="NotFoundException">There is no such file, or none that can be scanned.</exception>
    public static FileStream Open(string path)
    {
        var name = $"'{SafeText.Escape(path)}'";
        switch (TypeOf(path, name))
        {
            case RegularFile:
                break;
            case DirectoryFile:
                throw new NotFoundException($"{name} is a directory: name one file, or run clamscan -r for all in it.");
            default:
                throw new NotFoundException($"{name} is not a regular file: pipes, sockets and devices are not scanned.");
        }

        try
        {
            var options = FileOptions.Asynchronous | FileOptions.SequentialScan;
            return new FileStream(path, new FileStreamOptions { Options = options, BufferSize = 0 });
        }
        catch (UnauthorizedAccessException e)
        {
            throw new NotFoundException($"{name} cannot be read: this user has no permission.", e);
        }
        catch (IOException e)
        {
            throw new NotFoundException($"{name} cannot be read: {SafeText.Escape(e.Message)}", e);
        }
    }

    private static int TypeOf(string path, string name)
    {
        if (path.Contains('\0', StringComparison.Ordinal))
            throw new NotFoundException($"{name} is no path.");
        var status = new byte[StatusSize];
        if (StatX(CurrentDirectory, path, 0, WithType, ref status[0]) == 0)
            return BinaryPrimitives.ReadUInt16LittleEndian(status.AsSpan(ModeOffset)) & TypeMask;
        throw new NotFoundException(
            $"{name} cannot be read: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}.");
    }

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int StatX(int directory, string path, int flags, uint mask, ref byte status);
}
