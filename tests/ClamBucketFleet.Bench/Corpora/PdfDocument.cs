using System.Globalization;
using System.IO.Compression;
using System.Text;

namespace ClamBucketFleet.Bench.Corpora;

/// <summary>A PDF with pages of deflated text, a picture, and a cross-reference table that is right.</summary>
internal sealed class PdfDocument
{
    private readonly MemoryStream _bytes = new();
    private readonly List<long> _offsets = [];

    private PdfDocument() => Write("%PDF-1.4\n%\u00e2\u00e3\u00cf\u00d3\n");

    /// <summary>About <paramref name="size"/> bytes.</summary>
    public static byte[] Make(Dice dice, int size, byte[]? planted)
    {
        var pdf = new PdfDocument();
        var pages = Math.Clamp(size / 6000, 1, 40);
        var firstPage = 4;
        pdf.Object("<< /Type /Catalog /Pages 2 0 R >>");
        pdf.Object($"<< /Type /Pages /Count {pages} /Kids [{string.Join(' ', Enumerable.Range(0, pages).Select(i => $"{firstPage + (2 * i)} 0 R"))}] >>");
        pdf.Object("<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>");
        for (var page = 0; page < pages; page++)
        {
            pdf.Object($"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F1 3 0 R >> >> /Contents {firstPage + (2 * page) + 1} 0 R >>");
            pdf.Stream("/Filter /FlateDecode", Deflated(Text(dice, Math.Clamp(size / pages, 400, 8000))));
        }

        if (planted is not null)
            pdf.Stream("/Filter /FlateDecode", Deflated(planted));
        if (size - pdf._bytes.Length > 400)
            pdf.Stream("/Type /XObject /Subtype /Image /Width 1024 /Height 1536 /ColorSpace /DeviceGray /BitsPerComponent 8 /Filter /DCTDecode", Pictures.Jpeg(dice, (int)(size - pdf._bytes.Length - 300)));
        return pdf.End();
    }

    private static byte[] Text(Dice dice, int length)
    {
        var text = new StringBuilder("BT /F1 11 Tf 50 800 Td 14 TL\n");
        while (text.Length < length)
            text.Append('(').Append(TextDocuments.Sentence(dice, 11)).Append(") Tj T*\n");
        return Encoding.ASCII.GetBytes(text.Append("ET\n").ToString());
    }

    private static byte[] Deflated(byte[] content)
    {
        using var bytes = new MemoryStream();
        using (var deflate = new ZLibStream(bytes, CompressionLevel.Fastest, leaveOpen: true))
            deflate.Write(content);
        return bytes.ToArray();
    }

    private void Object(string content)
    {
        Begin();
        Write($"{content}\nendobj\n");
    }

    private void Stream(string dictionary, byte[] content)
    {
        Begin();
        Write(string.Create(CultureInfo.InvariantCulture, $"<< {dictionary} /Length {content.Length} >>\nstream\n"));
        _bytes.Write(content);
        Write("\nendstream\nendobj\n");
    }

    private void Begin()
    {
        _offsets.Add(_bytes.Position);
        Write($"{_offsets.Count} 0 obj\n");
    }

    private byte[] End()
    {
        var start = _bytes.Position;
        Write($"xref\n0 {_offsets.Count + 1}\n0000000000 65535 f \n");
        foreach (var offset in _offsets)
            Write($"{offset:D10} 00000 n \n");
        Write($"trailer\n<< /Size {_offsets.Count + 1} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n");
        return _bytes.ToArray();
    }

    private void Write(string text) => _bytes.Write(Encoding.Latin1.GetBytes(text));
}
