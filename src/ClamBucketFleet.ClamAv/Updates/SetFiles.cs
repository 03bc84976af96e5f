using System.Security.Cryptography;

namespace ClamBucketFleet.ClamAv;

/// <summary>The databases of a set by their content.</summary>
internal static class SetFiles
{
    /// <param name="files">Names and paths.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<IReadOnlyList<DefinitionsFile>> ReadAsync(
        IReadOnlyDictionary<string, string> files, CancellationToken cancellationToken)
    {
        var read = new List<DefinitionsFile>();
        foreach (var (name, path) in files.OrderBy(file => file.Key, StringComparer.Ordinal))
        {
            await using var stream = File.OpenRead(path);
            var hash = Convert.ToHexStringLower(await SHA256.HashDataAsync(stream, cancellationToken));
            read.Add(new DefinitionsFile(name, stream.Length, hash, File.GetLastWriteTimeUtc(stream.SafeFileHandle)));
        }

        return read;
    }

    /// <summary>Names of files that came, went or are others now.</summary>
    public static IReadOnlyList<string> Changed(IReadOnlyList<DefinitionsFile> before, IReadOnlyList<DefinitionsFile> after) =>
    [
        .. Contents(before).Except(Contents(after))
            .Concat(Contents(after).Except(Contents(before)))
            .Select(file => file.Name)
            .Distinct()
            .Order(StringComparer.Ordinal),
    ];

    private static IEnumerable<(string Name, string Sha256)> Contents(IReadOnlyList<DefinitionsFile> files) =>
        files.Select(file => (file.Name, file.Sha256));
}
