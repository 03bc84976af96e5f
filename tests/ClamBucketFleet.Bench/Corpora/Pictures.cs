namespace ClamBucketFleet.Bench.Corpora;

/// <summary>Pictures as far as their markers go; what they show is noise, as compressed data are.</summary>
internal static class Pictures
{
    private static readonly byte[] Head =
    [
        0xFF, 0xD8, 0xFF, 0xE0, 0x00, 0x10, (byte)'J', (byte)'F', (byte)'I', (byte)'F', 0x00, 0x01, 0x01, 0x00, 0x00, 0x01, 0x00, 0x01, 0x00, 0x00,
        0xFF, 0xC0, 0x00, 0x0B, 0x08, 0x04, 0x00, 0x06, 0x00, 0x01, 0x01, 0x11, 0x00, 0xFF, 0xDA, 0x00, 0x08, 0x01, 0x01, 0x00, 0x00, 0x3F, 0x00,
    ];

    public static byte[] Jpeg(Dice dice, int size)
    {
        var bytes = new byte[Math.Max(size, Head.Length + 2)];
        Head.CopyTo(bytes, 0);
        var scan = bytes.AsSpan(Head.Length..^2);
        dice.Fill(scan);
        // In a scan, FF is followed by 00 or begins the next marker.
        scan.Replace((byte)0xFF, (byte)0xFE);
        bytes[^2] = 0xFF;
        bytes[^1] = 0xD9;
        return bytes;
    }
}
