using System.Buffers.Binary;
using System.Text;

namespace ClamBucketFleet.ClamAv;

/// <summary>A compound file, the form of older Office documents, as small as they get: five sectors.</summary>
internal static class OleFile
{
    private const int Sector = 512;
    private const int MiniSector = 64;
    private const uint Free = 0xFFFFFFFF, End = 0xFFFFFFFE, Table = 0xFFFFFFFD;

    /// <summary>
    /// One stream, whose second part lies apart from its first: who does not follow the tables sees neither as a whole.
    /// </summary>
    public static byte[] WithScatteredStream(ReadOnlySpan<byte> content)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(content.Length, 2 * MiniSector);
        var file = new byte[5 * Sector];
        WriteHeader(file);
        WriteTable(file.AsSpan(Sector, Sector), [Table, End, End, End]);
        var directory = file.AsSpan(2 * Sector, Sector);
        WriteEntry(directory, "Root Entry", type: 5, child: 1, start: 3, size: 3 * MiniSector);
        WriteEntry(directory[128..], "Data", type: 2, child: Free, start: 0, size: (uint)content.Length);
        WriteTable(file.AsSpan(3 * Sector, Sector), [2, Free, End]);
        var data = file.AsSpan(4 * Sector);
        content[..MiniSector].CopyTo(data);
        data.Slice(MiniSector, MiniSector).Fill(0xAA);
        content[MiniSector..].CopyTo(data[(2 * MiniSector)..]);
        return file;
    }

    /// <summary>One stream of this name, with nothing in it.</summary>
    public static byte[] WithEmptyStream(string name)
    {
        var file = WithScatteredStream(new byte[MiniSector]);
        file.AsSpan((2 * Sector) + 128, 128).Clear();
        WriteEntry(file.AsSpan((2 * Sector) + 128), name, type: 2, child: Free, start: End, size: 0);
        return file;
    }

    private static void WriteHeader(Span<byte> header)
    {
        Convert.FromHexString("D0CF11E0A1B11AE1").CopyTo(header);
        // Versions, byte order, the sizes of sectors as powers of two.
        Span<ushort> shorts = [0x3E, 3, 0xFFFE, 9, 6];
        for (var i = 0; i < shorts.Length; i++)
            BinaryPrimitives.WriteUInt16LittleEndian(header[(24 + 2 * i)..], shorts[i]);
        // Tables, directory, the size below which streams are mini ones, where their table is, no further tables.
        WriteAll(header[40..], [0, 1, 1, 0, 4096, 2, 1, End, 0]);
        header[76..Sector].Fill(0xFF);
        BinaryPrimitives.WriteUInt32LittleEndian(header[76..], 0);
    }

    private static void WriteTable(Span<byte> sector, ReadOnlySpan<uint> entries)
    {
        sector.Fill(0xFF);
        WriteAll(sector, entries);
    }

    private static void WriteEntry(Span<byte> entry, string name, byte type, uint child, uint start, uint size)
    {
        var length = Encoding.Unicode.GetBytes(name, entry) + 2;
        BinaryPrimitives.WriteUInt16LittleEndian(entry[64..], (ushort)length);
        (entry[66], entry[67]) = (type, 1);
        WriteAll(entry[68..], [Free, Free, child]);
        WriteAll(entry[116..], [start, size]);
    }

    private static void WriteAll(Span<byte> to, ReadOnlySpan<uint> values)
    {
        for (var i = 0; i < values.Length; i++)
            BinaryPrimitives.WriteUInt32LittleEndian(to[(4 * i)..], values[i]);
    }
}
