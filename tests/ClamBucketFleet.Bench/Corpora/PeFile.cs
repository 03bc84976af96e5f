using System.Buffers.Binary;
using System.Text;

namespace ClamBucketFleet.Bench.Corpora;

/// <summary>
/// A 32-bit Windows program as far as a scanner reads it: headers, three sections and an import table that fit together,
/// over code that is noise.
/// </summary>
internal static class PeFile
{
    private const int FileAlignment = 0x200;
    private const int SectionAlignment = 0x1000;
    private const int HeaderSize = 0x400;
    private const uint ImageBase = 0x400000;

    private static readonly byte[] Common = [0x55, 0x8B, 0xEC, 0x83, 0x00, 0x00, 0x00, 0x89, 0xE8, 0xFF, 0x74, 0x75, 0x50, 0xC3, 0x5D, 0x0F];

    private static readonly string[] Functions =
        ["CreateFileA", "ReadFile", "WriteFile", "CloseHandle", "GetProcAddress", "LoadLibraryA", "ExitProcess", "GetLastError", "HeapAlloc", "VirtualAlloc"];

    private static readonly string[] Texts = ["This program cannot be run in DOS mode.\r\r\n$"];

    private sealed record Section(string Name, byte[] Content, uint Flags)
    {
        public int Raw => Align(Content.Length, FileAlignment);
    }

    /// <summary>At least <paramref name="size"/> bytes, and at least the headers' and sections' own.</summary>
    public static byte[] Make(Dice dice, int size, byte[]? planted)
    {
        var free = Math.Max(1024, size - HeaderSize - (2 * FileAlignment));
        var code = Code(dice, free * 2 / 3);
        var imports = Align(HeaderlessVirtual(code.Length), SectionAlignment);
        Section[] sections =
        [
            new(".text", code, 0x60000020),
            new(".rdata", Imports(dice, (uint)imports), 0x40000040),
            new(".data", Data(dice, free / 3, planted), 0xC0000040),
        ];
        var file = new byte[HeaderSize + sections.Sum(section => section.Raw)];
        Headers(file, sections, (uint)imports, dice);
        var at = HeaderSize;
        foreach (var section in sections)
        {
            section.Content.CopyTo(file, at);
            at += section.Raw;
        }

        return file;
    }

    private static int HeaderlessVirtual(int codeLength) => SectionAlignment + codeLength;

    private static int Align(int value, int to) => (value + to - 1) / to * to;

    private static byte[] Code(Dice dice, int size)
    {
        var code = dice.Bytes(size);
        for (var i = 0; i < code.Length; i += 1 + dice.Next(3))
            code[i] = dice.Pick(Common);
        return code;
    }

    private static byte[] Data(Dice dice, int size, byte[]? planted)
    {
        var text = TextDocuments.Make(dice, Math.Max(64, size));
        planted?.CopyTo(text, 0);
        return planted is { Length: var length } && length > text.Length ? planted : text;
    }

    // One library: descriptor, empty descriptor, thunks, names.
    private static byte[] Imports(Dice dice, uint at)
    {
        var names = Functions.Where(_ => dice.Next(3) > 0).DefaultIfEmpty(Functions[0]).ToArray();
        var thunks = 40;
        var texts = thunks + (4 * (names.Length + 1));
        var table = new byte[texts + (names.Length * 24) + 16];
        Set(table, 0, at + (uint)thunks);
        Set(table, 12, at + (uint)(table.Length - 16));
        Set(table, 16, at + (uint)thunks);
        for (var i = 0; i < names.Length; i++)
        {
            Set(table, thunks + (4 * i), at + (uint)(texts + (i * 24)));
            Encoding.ASCII.GetBytes(names[i]).CopyTo(table, texts + (i * 24) + 2);
        }

        Encoding.ASCII.GetBytes("KERNEL32.dll").CopyTo(table, table.Length - 16);
        return table;
    }

    private static void Headers(byte[] file, Section[] sections, uint imports, Dice dice)
    {
        const int pe = 0x80, optional = pe + 24, directories = optional + 96, table = optional + 224;
        file[0] = (byte)'M';
        file[1] = (byte)'Z';
        Set(file, 0x3C, pe);
        Encoding.ASCII.GetBytes(Texts[0]).CopyTo(file, 0x4E);
        Encoding.ASCII.GetBytes("PE\0\0").CopyTo(file, pe);
        Set16(file, pe + 4, 0x14C);
        Set16(file, pe + 6, (ushort)sections.Length);
        Set(file, pe + 8, (uint)dice.Next());
        Set16(file, pe + 20, 224);
        Set16(file, pe + 22, 0x102);
        Set16(file, optional, 0x10B);
        Set(file, optional + 4, (uint)sections[0].Raw);
        Set(file, optional + 16, SectionAlignment);
        Set(file, optional + 20, SectionAlignment);
        Set(file, optional + 28, ImageBase);
        Set(file, optional + 32, SectionAlignment);
        Set(file, optional + 36, FileAlignment);
        Set16(file, optional + 40, 5);
        Set16(file, optional + 48, 5);
        Set(file, optional + 60, HeaderSize);
        Set16(file, optional + 68, 3);
        Set(file, optional + 72, 0x100000);
        Set(file, optional + 76, 0x1000);
        Set(file, optional + 80, 0x100000);
        Set(file, optional + 84, 0x1000);
        Set(file, optional + 92, 16);
        Set(file, directories + 8, imports);
        Set(file, directories + 12, 40);

        var (raw, virtualAt) = (HeaderSize, SectionAlignment);
        for (var i = 0; i < sections.Length; i++)
        {
            var (section, at) = (sections[i], table + (40 * i));
            Encoding.ASCII.GetBytes(section.Name).CopyTo(file, at);
            Set(file, at + 8, (uint)section.Content.Length);
            Set(file, at + 12, (uint)virtualAt);
            Set(file, at + 16, (uint)section.Raw);
            Set(file, at + 20, (uint)raw);
            Set(file, at + 36, section.Flags);
            raw += section.Raw;
            virtualAt += Align(section.Content.Length, SectionAlignment);
        }

        Set(file, optional + 56, (uint)virtualAt);
    }

    private static void Set(byte[] bytes, int at, uint value) => BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(at), value);

    private static void Set16(byte[] bytes, int at, ushort value) => BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(at), value);
}
