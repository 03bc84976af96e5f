using System.Globalization;
using System.Numerics;
using Microsoft.Extensions.Logging;

namespace ClamBucketFleet.ClamAv;

/// <summary>What a database directory holds.</summary>
/// <param name="Version">The number of the signed databases, or a fingerprint where there are none.</param>
/// <param name="Published">When they were published.</param>
/// <param name="Fingerprint">Changes whenever a file does.</param>
public sealed record InstalledDefinitions(string Version, DateTimeOffset Published, string Fingerprint);

/// <summary>Reads the state of <c>Scan:DatabaseDirectory</c>.</summary>
public sealed class DefinitionsReader(string directory, ILogger<DefinitionsReader> logger)
{
    private const string Daily = "daily";

    public string Directory => directory;

    /// <summary>Null where there are no definitions, or where they cannot be read; the log says which.</summary>
    public InstalledDefinitions? Read()
    {
        try
        {
            var files = new List<Database>();
            foreach (var file in new DirectoryInfo(directory).EnumerateFiles())
            {
                // Not the program's own, which find no virus: with nothing else, there are no definitions.
                if (DatabaseNames.IsDatabase(file.Name) && Database.Follow(file) is { File.Exists: true } database)
                    files.Add(database);
            }

            files.Sort((a, b) => string.CompareOrdinal(a.Name, b.Name));
            return Summarize(files);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            logger.DefinitionsUnreadable(directory, exception.Message);
            return null;
        }
    }

    private InstalledDefinitions? Summarize(List<Database> files)
    {
        var fingerprint = Fingerprint(files);
        if (Newest(files) is { } newest)
            return new InstalledDefinitions(newest.Version, newest.Published, fingerprint);

        return LastWritten(files) is { } written ? new InstalledDefinitions(fingerprint, written, fingerprint) : null;
    }

    // Of the unsigned ones.
    private static DateTimeOffset? LastWritten(List<Database> files)
    {
        DateTimeOffset? last = null;
        foreach (var file in files)
        {
            if (!DatabaseNames.IsSigned(file.Name) && (last is null || file.File.LastWriteTimeUtc > last))
                last = file.File.LastWriteTimeUtc;
        }

        return last;
    }

    // Of the signed ones: daily where it is there.
    private CvdHeader? Newest(List<Database> files)
    {
        CvdHeader? newest = null;
        var isDaily = false;
        foreach (var file in files)
        {
            if (!DatabaseNames.IsSigned(file.Name) || ReadHeader(file.File) is not { } header)
                continue;
            var named = Path.GetFileNameWithoutExtension(file.Name) == Daily;
            if (newest is null || (named && !isDaily) || (named == isDaily && header.Published > newest.Published))
                (newest, isDaily) = (header, named);
        }

        return newest;
    }

    private CvdHeader? ReadHeader(FileInfo file)
    {
        try
        {
            if (CvdHeader.OfFile(file.FullName) is { } header)
                return header;

            logger.DefinitionsCorrupt(file.FullName);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            logger.DefinitionsUnreadable(file.FullName, exception.Message);
        }

        return null;
    }

    // A checksum that the processor has: nobody gains by forging one, and loading OpenSSL takes longer than all the rest.
    private static string Fingerprint(List<Database> files)
    {
        var checksum = 0u;
        foreach (var file in files)
        {
            foreach (var unit in $"{file.Name}:{file.File.Length}:{file.File.LastWriteTimeUtc.Ticks}\n")
                checksum = BitOperations.Crc32C(checksum, unit);
        }

        return checksum.ToString("x8", CultureInfo.InvariantCulture);
    }

    /// <summary>A name in the directory, and the file that it leads to: size and time of a symbolic link are its own.</summary>
    private sealed record Database(string Name, FileInfo File)
    {
        public static Database Follow(FileInfo file) => new(
            file.Name,
            file.LinkTarget is null ? file : (FileInfo)(file.ResolveLinkTarget(returnFinalTarget: true) ?? file));
    }
}
