using System.Security.Cryptography;
using System.Text;
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
            var files = new DirectoryInfo(directory).EnumerateFiles()
                // Not the program's own, which find no virus: with nothing else, there are no definitions.
                .Where(file => DatabaseNames.IsDatabase(file.Name))
                .OrderBy(file => file.Name, StringComparer.Ordinal)
                .Select(Database.Follow)
                .Where(database => database.File.Exists)
                .ToArray();
            return files.Length == 0 ? null : Summarize(files);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            logger.DefinitionsUnreadable(directory, exception.Message);
            return null;
        }
    }

    private InstalledDefinitions? Summarize(Database[] files)
    {
        var fingerprint = Fingerprint(files);
        var signed = files.Where(file => DatabaseNames.IsSigned(file.Name))
            .Select(file => (Name: Path.GetFileNameWithoutExtension(file.Name), Header: ReadHeader(file.File)))
            .Where(database => database.Header is not null)
            .OrderByDescending(database => database.Name == Daily)
            .ThenByDescending(database => database.Header!.Published)
            .ToArray();
        if (signed.Length > 0)
            return new InstalledDefinitions(signed[0].Header!.Version, signed[0].Header!.Published, fingerprint);

        var custom = files.Where(file => !DatabaseNames.IsSigned(file.Name)).ToArray();
        return custom.Length == 0
            ? null
            : new InstalledDefinitions(fingerprint, custom.Max(file => (DateTimeOffset)file.File.LastWriteTimeUtc), fingerprint);
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

    private static string Fingerprint(Database[] files)
    {
        var text = string.Join(
            '\n', files.Select(file => $"{file.Name}:{file.File.Length}:{file.File.LastWriteTimeUtc.Ticks}"));
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(..4));
    }

    /// <summary>A name in the directory, and the file that it leads to: size and time of a symbolic link are its own.</summary>
    private sealed record Database(string Name, FileInfo File)
    {
        public static Database Follow(FileInfo file) => new(
            file.Name,
            file.LinkTarget is null ? file : (FileInfo)(file.ResolveLinkTarget(returnFinalTarget: true) ?? file));
    }
}
