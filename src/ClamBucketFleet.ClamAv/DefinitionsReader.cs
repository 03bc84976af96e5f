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
    private static readonly string[] Signed = [".cvd", ".cld", ".cud"];
    private static readonly string[] Unsigned =
    [
        ".hdb", ".hsb", ".hdu", ".hsu", ".mdb", ".msb", ".mdu", ".msu", ".ndb", ".ndu", ".ldb", ".ldu", ".cdb", ".cbc",
        ".crb", ".fp", ".sfp", ".ign", ".ign2", ".yar", ".yara", ".pdb", ".gdb", ".wdb", ".idb", ".ftm", ".cat", ".db",
        ".imp", ".pwdb",
    ];

    public string Directory => directory;

    /// <summary>Null where there are no definitions, or where they cannot be read; the log says which.</summary>
    public InstalledDefinitions? Read()
    {
        try
        {
            var files = new DirectoryInfo(directory).EnumerateFiles()
                .Where(file => Has(file, Signed) || Has(file, Unsigned))
                .OrderBy(file => file.Name, StringComparer.Ordinal)
                .ToArray();
            return files.Length == 0 ? null : Summarize(files);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            logger.DefinitionsUnreadable(directory, exception.Message);
            return null;
        }
    }

    private InstalledDefinitions? Summarize(FileInfo[] files)
    {
        var fingerprint = Fingerprint(files);
        var signed = files.Where(file => Has(file, Signed))
            .Select(file => (Name: Path.GetFileNameWithoutExtension(file.Name), Header: ReadHeader(file)))
            .Where(database => database.Header is not null)
            .OrderByDescending(database => database.Name == Daily)
            .ThenByDescending(database => database.Header!.Published)
            .ToArray();
        if (signed.Length > 0)
            return new InstalledDefinitions(signed[0].Header!.Version, signed[0].Header!.Published, fingerprint);

        // The program's own signatures find no virus: with nothing else, there are no definitions.
        var custom = files.Where(file => Has(file, Unsigned) && !OwnSignatures.FileNames.Contains(file.Name)).ToArray();
        return custom.Length == 0
            ? null
            : new InstalledDefinitions(fingerprint, custom.Max(file => (DateTimeOffset)file.LastWriteTimeUtc), fingerprint);
    }

    private CvdHeader? ReadHeader(FileInfo file)
    {
        Span<byte> head = stackalloc byte[CvdHeader.Size];
        try
        {
            using var stream = file.OpenRead();
            var count = stream.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
            if (CvdHeader.Parse(head[..count]) is { } header)
                return header;

            logger.DefinitionsCorrupt(file.FullName);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            logger.DefinitionsUnreadable(file.FullName, exception.Message);
        }

        return null;
    }

    private static bool Has(FileInfo file, string[] extensions) =>
        extensions.Contains(file.Extension, StringComparer.Ordinal);

    private static string Fingerprint(FileInfo[] files)
    {
        var text = string.Join('\n', files.Select(file => $"{file.Name}:{file.Length}:{file.LastWriteTimeUtc.Ticks}"));
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(..4));
    }
}
