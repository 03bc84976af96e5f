using System.Buffers.Binary;

namespace ClamBucketFleet.ClamAv;

/// <summary>
/// The file freshclam.dat, in which freshclam keeps the identity that servers know it by, and until when they asked it to
/// stay away. Some answers that ask for it are told of in no other place.
/// </summary>
internal static class FreshclamMemory
{
    public const string Name = "freshclam.dat";

    // A name of 13 bytes, a version of 4, then 37 for the identity, padding, and a time in seconds since 1970.
    private const int VersionOffset = 13;
    private const int TimeOffset = 61;
    private const uint KnownVersion = 1;

    private static ReadOnlySpan<byte> Magic => "FreshClamData"u8;

    /// <summary>Shortens what it asks for, where that is more than anybody is to be left alone.</summary>
    public static void Cap(Span<byte> content, DateTimeOffset now)
    {
        var latest = (now + StayAway.Longest).ToUnixTimeSeconds();
        if (IsKnown(content) && BinaryPrimitives.ReadInt64LittleEndian(content[TimeOffset..]) > latest)
            BinaryPrimitives.WriteInt64LittleEndian(content[TimeOffset..], latest);
    }

    /// <returns>Null where it asks for nothing, or is of a form that is not known.</returns>
    public static DateTimeOffset? CoolDown(ReadOnlySpan<byte> content)
    {
        if (!IsKnown(content))
            return null;

        var seconds = BinaryPrimitives.ReadInt64LittleEndian(content[TimeOffset..]);
        return seconds > 0 && seconds <= DateTimeOffset.MaxValue.ToUnixTimeSeconds()
            ? DateTimeOffset.FromUnixTimeSeconds(seconds)
            : null;
    }

    private static bool IsKnown(ReadOnlySpan<byte> content) =>
        content.Length >= TimeOffset + sizeof(long) && content.StartsWith(Magic) &&
        BinaryPrimitives.ReadUInt32LittleEndian(content[VersionOffset..]) == KnownVersion;
}
