using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using ICSharpCode.SharpZipLib.Checksum;

namespace ClamBucketFleet.Core.Tests.Inspection;

/// <summary>One member as a zip has it, with whatever is wrong with it.</summary>
internal sealed record ZipPart(string Name, byte[] Content)
{
    public bool Deflate { get; init; }

    public int? Method { get; init; }

    public int Flags { get; init; }

    /// <summary>0 for none; 4 or 8 for the width of its sizes; negative for one without signature.</summary>
    public int Descriptor { get; init; }

    public byte[] Extra { get; init; } = [];

    public uint? Crc { get; init; }

    /// <summary>Stands before the local header.</summary>
    public byte[] Gap { get; init; } = [];

    public int Listed { get; init; } = 1;

    public string? ListedName { get; init; }

    public bool Wide { get; init; }

    /// <summary>In place of what the content is packed to.</summary>
    public byte[]? Packed { get; init; }
}

/// <summary>Writes zips that no library would.</summary>
internal static class ZipBuilder
{
    public static byte[] Build(params ZipPart[] parts) => Build(parts, comment: "");

    public static byte[] Build(ZipPart[] parts, string comment = "", bool wide = false, byte[]? beforeDirectory = null)
    {
        using var output = new MemoryStream();
        using var directory = new MemoryStream();
        var count = 0;
        foreach (var part in parts)
        {
            output.Write(part.Gap);
            var offset = output.Position;
            var packed = part.Packed ?? (part.Deflate ? Deflated(part.Content) : part.Content);
            var crc = part.Crc ?? Checksum(part.Content);
            output.Write(Local(part, packed.Length, crc));
            output.Write(packed);
            output.Write(Descriptor(part, packed.Length, crc));
            for (var i = 0; i < part.Listed; i++, count++)
                directory.Write(Central(part, packed.Length, crc, offset));
        }

        output.Write(beforeDirectory ?? []);
        var start = output.Position;
        output.Write(directory.ToArray());
        output.Write(End(count, directory.Length, start, comment, wide));
        return output.ToArray();
    }

    public static byte[] Deflated(byte[] content)
    {
        using var packed = new MemoryStream();
        using (var deflate = new DeflateStream(packed, CompressionLevel.Optimal, leaveOpen: true))
            deflate.Write(content);
        return packed.ToArray();
    }

    public static uint Checksum(byte[] content)
    {
        var crc = new Crc32();
        crc.Update(content);
        return (uint)crc.Value;
    }

    private static byte[] Local(ZipPart part, long packed, uint crc)
    {
        var later = part.Descriptor != 0;
        byte[] extra = part.Wide && !later
            ? [.. Numbers((1, 2), (16, 2), (part.Content.Length, 8), (packed, 8)), .. part.Extra]
            : part.Extra;
        var name = Encoding.UTF8.GetBytes(part.Name);
        return
        [
            .. Numbers((0x04034b50, 4), (20, 2), (part.Flags | (later ? 8 : 0), 2), (MethodOf(part), 2), (0, 4), (later ? 0 : crc, 4),
                (later ? 0 : part.Wide ? uint.MaxValue : packed, 4), (later ? 0 : part.Wide ? uint.MaxValue : part.Content.Length, 4),
                (name.Length, 2), (extra.Length, 2)),
            .. name, .. extra,
        ];
    }

    private static byte[] Descriptor(ZipPart part, long packed, uint crc) => part.Descriptor switch
    {
        0 => [],
        < 0 and var width => Numbers((crc, 4), (packed, -width), (part.Content.Length, -width)),
        var width => Numbers((0x08074b50, 4), (crc, 4), (packed, width), (part.Content.Length, width)),
    };

    public static byte[] Central(ZipPart part, long packed, uint crc, long offset)
    {
        var name = Encoding.UTF8.GetBytes(part.ListedName ?? part.Name);
        byte[] extra = part.Wide ? Numbers((1, 2), (24, 2), (part.Content.Length, 8), (packed, 8), (offset, 8)) : [];
        return
        [
            .. Numbers((0x02014b50, 4), (20, 2), (20, 2), (part.Flags | (part.Descriptor != 0 ? 8 : 0), 2), (MethodOf(part), 2),
                (0, 4), (crc, 4), (part.Wide ? uint.MaxValue : packed, 4), (part.Wide ? uint.MaxValue : part.Content.Length, 4),
                (name.Length, 2), (extra.Length, 2), (0, 2), (0, 2), (0, 2), (0, 4), (part.Wide ? uint.MaxValue : offset, 4)),
            .. name, .. extra,
        ];
    }

    public static byte[] End(long count, long length, long start, string comment = "", bool wide = false)
    {
        var remark = Encoding.UTF8.GetBytes(comment);
        var end64 = wide
            ? Numbers((0x06064b50, 4), (44, 8), (45, 2), (45, 2), (0, 4), (0, 4), (count, 8), (count, 8), (length, 8), (start, 8),
                (0x07064b50, 4), (0, 4), (start + length, 8), (1, 4))
            : [];
        return
        [
            .. end64,
            .. Numbers((0x06054b50, 4), (0, 2), (0, 2), (wide ? 0xffff : count, 2), (wide ? 0xffff : count, 2),
                (wide ? uint.MaxValue : length, 4), (wide ? uint.MaxValue : start, 4), (remark.Length, 2)),
            .. remark,
        ];
    }

    public static byte[] Numbers(params (long Value, int Width)[] fields) => fields.SelectMany(field =>
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, field.Value);
        return bytes[..field.Width];
    }).ToArray();

    private static int MethodOf(ZipPart part) => part.Method ?? (part.Deflate ? 8 : 0);
}
