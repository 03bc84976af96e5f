using System.IO.Compression;
using System.Text;

namespace ClamBucketFleet.Bench.Corpora;

/// <summary>ZIP archives, and Office documents, which are ZIP archives with certain members.</summary>
internal static class Archives
{
    private static readonly DateTimeOffset Written = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>About <paramref name="size"/> bytes: half of them texts that are deflated, half what does not shrink.</summary>
    public static byte[] Zip(Dice dice, int size, byte[]? planted)
    {
        var members = new List<(string Name, byte[] Content)>();
        var count = 1 + dice.Next(6);
        for (var i = 0; i < count; i++)
        {
            var share = Math.Max(200, size / count);
            members.Add(i % 2 == 0
                ? ($"{TextDocuments.Word(dice)}{i}.txt", TextDocuments.Make(dice, share * 3))
                : ($"{TextDocuments.Word(dice)}{i}.jpg", Pictures.Jpeg(dice, share)));
        }

        return Pack(members, planted);
    }

    /// <summary>A document of Word's form, about <paramref name="size"/> bytes, with a picture where it is large.</summary>
    public static byte[] Office(Dice dice, int size, byte[]? planted)
    {
        var body = new StringBuilder("<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n<w:document xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\"><w:body>");
        while (body.Length < Math.Max(600, size * 2))
            body.Append("<w:p><w:r><w:t>").Append(TextDocuments.Sentence(dice, 14)).Append("</w:t></w:r></w:p>");
        body.Append("</w:body></w:document>");
        return Pack(
            [
                ("[Content_Types].xml", Ascii("<?xml version=\"1.0\"?><Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"><Default Extension=\"xml\" ContentType=\"application/xml\"/><Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/><Override PartName=\"/word/document.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml\"/></Types>")),
                ("_rels/.rels", Ascii("<?xml version=\"1.0\"?><Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"><Relationship Id=\"r1\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument\" Target=\"word/document.xml\"/></Relationships>")),
                ("docProps/core.xml", Ascii($"<?xml version=\"1.0\"?><cp:coreProperties xmlns:cp=\"http://schemas.openxmlformats.org/package/2006/metadata/core-properties\"><title>{TextDocuments.Sentence(dice, 4)}</title></cp:coreProperties>")),
                ("word/document.xml", Ascii(body.ToString())),
                ("word/media/image1.jpeg", Pictures.Jpeg(dice, Math.Max(300, size / 2))),
            ],
            planted);
    }

    private static byte[] Pack(IEnumerable<(string Name, byte[] Content)> members, byte[]? planted)
    {
        using var bytes = new MemoryStream();
        using (var archive = new ZipArchive(bytes, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, content) in planted is null ? members : members.Append(("word/embeddings/planted.bin", planted)))
            {
                var entry = archive.CreateEntry(name, CompressionLevel.Fastest);
                entry.LastWriteTime = Written;
                using var into = entry.Open();
                into.Write(content);
            }
        }

        return bytes.ToArray();
    }

    private static byte[] Ascii(string text) => Encoding.ASCII.GetBytes(text);
}
