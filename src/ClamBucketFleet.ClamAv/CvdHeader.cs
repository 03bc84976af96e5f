using System.Globalization;
using System.Text;

namespace ClamBucketFleet.ClamAv;

/// <summary>The first bytes of a signed database.</summary>
/// <param name="Version">For example <c>27800</c>.</param>
/// <param name="Published">When ClamAV's team built it.</param>
internal sealed record CvdHeader(string Version, DateTimeOffset Published)
{
    /// <summary>Bytes.</summary>
    public const int Size = 512;

    public uint Number { get; } = uint.Parse(Version, NumberStyles.None, CultureInfo.InvariantCulture);

    /// <summary>Null where the file begins with anything else.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static CvdHeader? OfFile(string path)
    {
        Span<byte> head = stackalloc byte[Size];
        using var stream = File.OpenRead(path);
        return Parse(head[..stream.ReadAtLeast(head, head.Length, throwOnEndOfStream: false)]);
    }

    /// <param name="head">For example <c>ClamAV-VDB:21 Nov 2026 09-00 +0000:27800:2077…</c></param>
    /// <returns>Null where it is anything else.</returns>
    public static CvdHeader? Parse(ReadOnlySpan<byte> head)
    {
        if (head.Length < Size)
            return null;

        var fields = Encoding.Latin1.GetString(head).Split(':');
        return fields is ["ClamAV-VDB", var time, var version, ..] &&
            uint.TryParse(version, NumberStyles.None, CultureInfo.InvariantCulture, out _) &&
            DateTimeOffset.TryParseExact(
                time, "d MMM yyyy HH-mm zzz", CultureInfo.InvariantCulture, DateTimeStyles.AllowWhiteSpaces, out var published)
            ? new CvdHeader(version, published)
            : null;
    }
}
