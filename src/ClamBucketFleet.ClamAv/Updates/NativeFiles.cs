using System.Runtime.InteropServices;

namespace ClamBucketFleet.ClamAv;

/// <summary>What the runtime has no call for, or none that leaves links alone.</summary>
internal static partial class NativeFiles
{
    /// <summary>
    /// Has a name mean something else in one step: whoever opens it gets what was there before or what is there now.
    /// </summary>
    /// <exception cref="IOException">It failed; nothing has changed.</exception>
    public static void Rename(string from, string to)
    {
        if (NativeRename(from, to) != 0)
            throw Failed($"{from} cannot be renamed to {to}");
    }

    /// <summary>
    /// Gives a file a second name, or a copy where the system allows none: another file system, another user's file.
    /// </summary>
    public static void LinkOrCopy(string file, string name)
    {
        if (NativeLink(file, name) == 0)
            return;

        File.Copy(file, name);
        File.SetLastWriteTimeUtc(name, File.GetLastWriteTimeUtc(file));
    }

    /// <summary>Lets every user read, whatever the umask: scanners need not be who updates.</summary>
    public static void LetAllRead(string path)
    {
        const UnixFileMode readable = UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
        const UnixFileMode searchable = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
        if (OperatingSystem.IsWindows())
            return;

        var (mode, wanted) = (File.GetUnixFileMode(path), Directory.Exists(path) ? readable | searchable : readable);
        if ((mode & wanted) != wanted)
            File.SetUnixFileMode(path, mode | wanted);
    }

    private static IOException Failed(string what)
    {
        var error = Marshal.GetLastPInvokeError();
        return new IOException($"{what}: {Marshal.GetPInvokeErrorMessage(error)}", error);
    }

    [LibraryImport("libc", EntryPoint = "rename", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int NativeRename(string from, string to);

    [LibraryImport("libc", EntryPoint = "link", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int NativeLink(string file, string name);
}
