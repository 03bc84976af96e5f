using System.Text;

namespace ClamBucketFleet.Aws.Definitions;

/// <summary>What a manifest must be so that its files can be written into a directory by the names it gives them.</summary>
internal static class ManifestRules
{
    private const long MaxSize = 4L << 30;
    private const int MaxVersion = 200;

    // A file name may have 255 bytes; those of unfinished files have some more than the files'.
    private const int MaxName = 200;

    // No clock is that wrong. What is of years to come would never be too old, nor ever be asked for again.
    private static readonly TimeSpan MaxAhead = TimeSpan.FromDays(1);

    /// <param name="manifest">As it is stored, or is to be.</param>
    /// <param name="now">By the mirror's clock.</param>
    /// <returns>What is wrong, in words; null where nothing is.</returns>
    public static string? Violation(DefinitionsManifest manifest, DateTimeOffset now)
    {
        var latest = now + MaxAhead;
        if (manifest.Checked > latest || manifest.Published > latest)
            return "it is of a time to come";
        if (manifest.Version.Length is 0 or > MaxVersion || !IsPlain(manifest.Version))
            return "its version is no plain text";
        if (manifest.Files.Count == 0)
            return "it names no files";

        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var file in manifest.Files)
        {
            if (file is null)
                return "it names a file by null";
            if (Violation(file, latest) is { } reason)
                return $"'{SafeText.Escape(file.Name)}' {reason}";
            if (!names.Add(file.Name))
                return $"'{SafeText.Escape(file.Name)}' is there twice";
        }

        return null;
    }

    private static string? Violation(DefinitionsFile file, DateTimeOffset latest)
    {
        if (!IsFileName(file.Name))
            return "is no plain file name";
        if (!DatabaseNames.IsDatabase(file.Name))
            return "has no extension of a ClamAV database";
        if (!IsSha256(file.Sha256))
            return "has no SHA-256 of 64 lower-case hexadecimal digits";
        if (file.Size is < 0 or > MaxSize)
            return $"has a size of {file.Size} bytes, not of 0 to {MaxSize}";
        if (file.Modified < DateTimeOffset.UnixEpoch)
            return "is older than any file";
        return file.Modified > latest ? "is of a time to come" : null;
    }

    public static bool IsSha256(string text) =>
        text.Length == 64 && text.All(digit => char.IsAsciiDigit(digit) || digit is >= 'a' and <= 'f');

    private static bool IsFileName(string name) =>
        name.Length > 0
        && Encoding.UTF8.GetByteCount(name) <= MaxName
        && name[0] is not ('.' or '-')
        && !name.Contains('/', StringComparison.Ordinal)
        && IsPlain(name);

    // No control characters, no backslash, nothing that turns the text around on a terminal.
    private static bool IsPlain(string text) => SafeText.Escape(text) == text;
}
