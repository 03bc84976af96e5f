using System.Text.Json;
using ClamBucketFleet.TestKit;

namespace ClamBucketFleet.Bench.Corpora;

/// <summary>Makes corpora: the same from the same seed, and no two objects alike.</summary>
internal static class CorpusBuilder
{
    private const double Kilobyte = 1000, Megabyte = 1e6;

    /// <summary>1 to 100 KB, evenly over the orders of magnitude: text, PDF, Office, zip, PE. One in 97 is infected.</summary>
    public static Corpus Small(string directory, ulong seed, int count) => Write(directory, Small(seed, count));

    /// <summary>
    /// Web uploads: log-normal sizes around 200 KB of which one in a hundred is over 20 MB; pictures, documents, archives.
    /// </summary>
    public static Corpus Mixed(string directory, ulong seed, int count)
    {
        // ln(20 MB / 200 KB) lies 2.326 standard deviations above the middle where one in a hundred is beyond it.
        var sigma = Math.Log(100) / 2.326;
        return Write(directory, Documents("mixed", seed, count, Kinds.Uploads, part => 200 * Kilobyte * Math.Exp(sigma * NormalQuantile(part))));
    }

    /// <summary>
    /// From the largest to a sixteenth of it, each half of the one before; one of five is infected. The largest comes first: all
    /// others together take as long, so that two processors end at about the same time.
    /// </summary>
    public static Corpus Large(string directory, ulong seed, long largest)
    {
        var sizes = Enumerable.Range(0, 5).Select(i => largest >> i);
        return Write(directory, Large("large", seed, sizes));
    }

    /// <summary>Large objects first, then small ones.</summary>
    public static Corpus Crowd(string directory, ulong seed, int large, long size, int small) => Write(
        directory, Large("crowd", seed, Enumerable.Repeat(size, large)).Concat(Small(seed, small)));

    private static IEnumerable<(CorpusObject Entry, byte[]? Content)> Small(ulong seed, int count) =>
        Documents("small", seed, count, Kinds.Office, part => Kilobyte * Math.Pow(100, part));

    private static IEnumerable<(CorpusObject Entry, byte[]? Content)> Large(string name, ulong seed, IEnumerable<long> sizes) =>
        sizes.Select((size, i) => (CorpusObject.Stamped($"{name}-{i:D5}.mp4", size, infected: i % 5 == 1, Dice.Seed(seed, i)), (byte[]?)null));

    private static IEnumerable<(CorpusObject Entry, byte[]? Content)> Documents(
        string name, ulong seed, int count, IReadOnlyList<DocumentKind> kinds, Func<double, double> sizeAt)
    {
        // Sizes of every part of the distribution, in an order of chance: a small corpus has the same mean as a large one.
        var sizes = Enumerable.Range(0, count).Select(i => (int)sizeAt((i + 0.5) / count)).ToArray();
        new Dice(seed).Shuffle(sizes);
        for (var i = 0; i < count; i++)
        {
            var dice = new Dice(Dice.Seed(seed, i));
            var kind = kinds[i % kinds.Count];
            var infected = i % 97 == 13;
            var content = kind.Make(dice, sizes[i], infected ? Eicar.Bytes : null);
            var etag = CorpusObject.ETagOf(content);
            var entry = new CorpusObject($"{name}-{i:D5}.{kind.Extension}", content.Length, etag, infected, 0, 0, Crc64Nvme.Base64(content));
            yield return (entry, content);
        }
    }

    private static Corpus Write(string directory, IEnumerable<(CorpusObject Entry, byte[]? Content)> objects)
    {
        Directory.CreateDirectory(directory);
        using (var bytes = File.Create(Corpus.BytesIn(directory)))
        using (var list = new StreamWriter(Corpus.ListIn(directory)))
        {
            foreach (var (entry, content) in objects)
            {
                list.WriteLine(JsonSerializer.Serialize(content is null ? entry : entry with { Offset = bytes.Position }));
                bytes.Write(content ?? []);
            }
        }

        return Corpus.Open(directory);
    }

    // By bisection of the distribution function: exact enough for sizes, and nothing to get wrong.
    private static double NormalQuantile(double part)
    {
        var (low, high) = (-6.0, 6.0);
        for (var i = 0; i < 60; i++)
        {
            var middle = (low + high) / 2;
            if (NormalPart(middle) < part)
                low = middle;
            else
                high = middle;
        }

        return low;
    }

    // Simpson's rule over the density.
    private static double NormalPart(double to)
    {
        const int steps = 400;
        var width = (to + 8) / steps;
        var sum = 0.0;
        for (var i = 0; i <= steps; i++)
        {
            var x = -8 + (i * width);
            sum += (i is 0 or steps ? 1 : i % 2 == 1 ? 4 : 2) * Math.Exp(-x * x / 2);
        }

        return sum * width / 3 / Math.Sqrt(2 * Math.PI);
    }
}
