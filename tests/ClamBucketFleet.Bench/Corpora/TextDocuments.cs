using System.Globalization;
using System.Text;

namespace ClamBucketFleet.Bench.Corpora;

/// <summary>Texts of invented words, frequent ones far more often than rare ones, in the forms that people upload.</summary>
internal static class TextDocuments
{
    private static readonly string[] Syllables =
        ["an", "be", "co", "da", "el", "fo", "gi", "ha", "in", "ju", "ka", "lo", "ma", "ne", "or", "pa", "qui", "re", "so", "ta", "um", "vi", "wo", "ze"];

    private static readonly string[] Words = Invent(4000);

    /// <summary>At least <paramref name="size"/> bytes, to the end of a line.</summary>
    public static byte[] Make(Dice dice, int size) => Make(dice, size, dice.Next(5));

    /// <summary>With these bytes at the end. Never HTML: of that, ClamAV reads only what it has normalised, where none of EICAR's capitals are left.</summary>
    public static byte[] Make(Dice dice, int size, byte[]? planted) =>
        planted is null ? Make(dice, size) : [.. Make(dice, size, 0), .. planted];

    private static byte[] Make(Dice dice, int size, int form)
    {
        var text = new StringBuilder(size + 200);
        Action<Dice, StringBuilder, int> line = form switch
        {
            0 => Prose,
            1 => Csv,
            2 => LogLine,
            3 => Html,
            _ => Json,
        };
        for (var number = 0; text.Length < size; number++)
            line(dice, text, number);
        return Encoding.ASCII.GetBytes(text.ToString());
    }

    public static string Sentence(Dice dice, int words) => string.Join(' ', Enumerable.Range(0, words).Select(_ => Word(dice)));

    public static string Word(Dice dice)
    {
        // The square of an even number prefers the first words, as languages do.
        var at = dice.NextDouble();
        return Words[(int)(at * at * at * Words.Length)];
    }

    private static void Prose(Dice dice, StringBuilder text, int number) =>
        text.Append(Sentence(dice, 8 + dice.Next(10))).Append(number % 7 == 6 ? ".\n\n" : ". ");

    private static void Csv(Dice dice, StringBuilder text, int number) => text.Append(
        CultureInfo.InvariantCulture, $"{number};{Word(dice)};{Word(dice)} {Word(dice)};{dice.Next(100_000)};{dice.NextDouble():F3}\n");

    private static void LogLine(Dice dice, StringBuilder text, int number) => text.Append(
        CultureInfo.InvariantCulture,
        $"2026-11-{1 + (number / 1440 % 28):D2}T{number / 60 % 24:D2}:{number % 60:D2}:00Z INFO [{Word(dice)}] {Sentence(dice, 6)} id={dice.Next():x16}\n");

    private static void Html(Dice dice, StringBuilder text, int number)
    {
        if (number == 0)
            text.Append("<!DOCTYPE html>\n<html><head><title>").Append(Sentence(dice, 3)).Append("</title></head><body>\n");
        text.Append(CultureInfo.InvariantCulture, $"<div class=\"{Word(dice)}\"><a href=\"/{Word(dice)}/{dice.Next(10_000)}\">{Sentence(dice, 9)}</a></div>\n");
    }

    private static void Json(Dice dice, StringBuilder text, int number) => text.Append(
        CultureInfo.InvariantCulture,
        $"{{\"id\":{number},\"name\":\"{Sentence(dice, 2)}\",\"value\":{dice.NextDouble():F4},\"tags\":[\"{Word(dice)}\",\"{Word(dice)}\"]}}\n");

    private static string[] Invent(int count)
    {
        var dice = new Dice(1);
        return [.. Enumerable.Range(0, count).Select(_ => string.Concat(Enumerable.Range(0, 1 + dice.Next(4)).Select(_ => dice.Pick(Syllables))))];
    }
}
