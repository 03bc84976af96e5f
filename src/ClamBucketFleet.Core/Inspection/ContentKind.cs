namespace ClamBucketFleet.Inspection;

/// <summary>What a content is by its first bytes.</summary>
internal enum ContentKind
{
    /// <summary>Nothing that is opened here.</summary>
    Other,
    Zip,
    Gzip,
    Tar,
}

/// <summary>Tells archives by their first bytes.</summary>
internal static class ContentKinds
{
    /// <summary>The kind; what could be two kinds at once is none of them.</summary>
    public static async ValueTask<ContentKind> OfAsync(ForwardReader reader, CancellationToken cancellationToken)
    {
        await reader.LookAheadAsync(TarHeader.BlockSize, cancellationToken).ConfigureAwait(false);
        return Of(reader.Ahead);
    }

    private static ContentKind Of(ReadOnlySpan<byte> start)
    {
        var isTar = start.Length >= TarHeader.BlockSize && TarHeader.HasChecksum(start[..TarHeader.BlockSize]);
        var other = start.StartsWith("PK\u0003\u0004"u8) ? ContentKind.Zip
            : start.StartsWith((ReadOnlySpan<byte>)[0x1f, 0x8b, 8]) ? ContentKind.Gzip
            : ContentKind.Other;
        return !isTar ? other : other == ContentKind.Other ? ContentKind.Tar : ContentKind.Other;
    }
}
