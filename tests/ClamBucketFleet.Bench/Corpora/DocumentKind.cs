namespace ClamBucketFleet.Bench.Corpora;

/// <summary>A kind of file.</summary>
/// <param name="Extension">Without the dot.</param>
/// <param name="Make">About so many bytes, with those of the third argument in it where they are given.</param>
internal sealed record DocumentKind(string Extension, Func<Dice, int, byte[]?, byte[]> Make);

/// <summary>What stands how often in which corpus.</summary>
internal static class Kinds
{
    private static readonly DocumentKind Text = new("txt", TextDocuments.Make);
    private static readonly DocumentKind Pdf = new("pdf", PdfDocument.Make);
    private static readonly DocumentKind Word = new("docx", Archives.Office);
    private static readonly DocumentKind Zip = new("zip", Archives.Zip);
    private static readonly DocumentKind Program = new("exe", PeFile.Make);
    private static readonly DocumentKind Jpeg = new("jpg", (dice, size, planted) => [.. Pictures.Jpeg(dice, size), .. planted ?? []]);

    public static IReadOnlyList<DocumentKind> Office { get; } = [Text, Pdf, Word, Zip, Program];

    public static IReadOnlyList<DocumentKind> Uploads { get; } = [Jpeg, Pdf, Jpeg, Word, Text, Jpeg, Zip, Pdf, Jpeg, Program];
}
