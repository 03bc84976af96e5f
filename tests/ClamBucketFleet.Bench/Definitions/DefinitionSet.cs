using System.Globalization;
using System.Text;
using ClamBucketFleet.Bench.Corpora;
using ClamBucketFleet.TestKit;

namespace ClamBucketFleet.Bench.Definitions;

/// <summary>
/// Definitions to load: <c>toy</c>, and <c>realistic</c>, which cost clamd what the official ones cost. None of their
/// signatures is found in a corpus but EICAR's. The package's own signatures are in both.
/// </summary>
internal static class DefinitionSet
{
    private const int Md5Signatures = 5_000_000, Sha256Signatures = 3_000_000, BodySignatures = 150_000, LogicalSignatures = 40_000;

    // Changes with what is generated, so that a cached set of an older form is not taken for one of this.
    private const int Form = 4;

    // clamd has a table of 2 KiB for each beginning of two bytes, and misses its caches where there are many of them.
    private const int FirstBytes = 8;

    private static string Cache => Path.Combine(
        Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache", "clambucketfleet", "bench");

    /// <summary>A directory with EICAR's signature and the package's own.</summary>
    public static string Toy(string directory)
    {
        Directory.CreateDirectory(directory);
        TestKit.Definitions.Write(directory);
        foreach (var own in Directory.EnumerateFiles(Repository.Combine("packaging"), "*.ldb"))
            File.Copy(own, Path.Combine(directory, Path.GetFileName(own)), overwrite: true);
        return directory;
    }

    /// <summary>The cached directory, made at the first time.</summary>
    public static string Realistic(ulong seed)
    {
        var directory = Path.Combine(Cache, string.Create(CultureInfo.InvariantCulture, $"realistic-{Form}-{seed}"));
        if (Directory.Exists(directory))
            return directory;

        // Under another name until it is whole: a run that is cut off leaves nothing that looks like a set.
        var half = Path.Combine(Cache, $"half-{Guid.NewGuid():N}");
        Toy(half);
        Hashes(Path.Combine(half, "bench.hdb"), new Dice(Dice.Seed(seed, 1)), Md5Signatures, 16);
        Hashes(Path.Combine(half, "bench.hsb"), new Dice(Dice.Seed(seed, 2)), Sha256Signatures, 32);
        Bodies(Path.Combine(half, "bench.ndb"), new Dice(Dice.Seed(seed, 3)));
        Logicals(Path.Combine(half, "bench.ldb"), new Dice(Dice.Seed(seed, 4)));
        Directory.Move(half, directory);
        return directory;
    }

    private static void Hashes(string path, Dice dice, int count, int length)
    {
        using var file = new StreamWriter(path, Encoding.ASCII, new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, BufferSize = 1 << 20 });
        var hash = new byte[length];
        for (var i = 0; i < count; i++)
        {
            dice.Fill(hash);
            file.Write(Convert.ToHexStringLower(hash));
            file.Write($":{1000 + dice.Next(4_000_000)}:{Name(dice, i)}\n");
        }
    }

    private static void Bodies(string path, Dice dice)
    {
        using var file = File.CreateText(path);
        for (var i = 0; i < BodySignatures; i++)
        {
            var target = Target(dice);
            file.Write($"{Name(dice, i)}:{target}:*:{Body(dice, target)}\n");
        }
    }

    private static void Logicals(string path, Dice dice)
    {
        // Three parts or five, in the official ones.
        int[] numbers = [3, 5, 3, 5, 3, 5, 2, 6];
        using var file = File.CreateText(path);
        for (var i = 0; i < LogicalSignatures; i++)
        {
            var (target, parts) = (Target(dice), dice.Pick(numbers));
            file.Write($"{Name(dice, i)};Engine:51-255,Target:{target};{string.Join('&', Enumerable.Range(0, parts))}");
            for (var part = 0; part < parts; part++)
                file.Write($";{Body(dice, target)}");
            file.Write('\n');
        }
    }

    // For which files a signature is, by ClamAV's numbers. The parts are those of the logical signatures in the official main
    // database of April 2025 (38,889): 88.1 % PE, 6.3 % OLE2, 2.5 % any file, then HTML, text, Mach-O, ELF, PDF.
    private static int Target(Dice dice) => dice.Next(1000) switch
    {
        < 881 => 1,
        < 944 => 2,
        < 969 => 0,
        < 977 => 3,
        < 985 => 7,
        < 992 => 9,
        < 995 => 6,
        _ => 10,
    };

    // Noise, whose beginnings are spread as evenly as those of real signatures are: many that begin alike cost clamd a look
    // at each of them.
    private static string Body(Dice dice, int target)
    {
        if (target is 3 or 4 or 7)
            return Convert.ToHexStringLower([.. Enumerable.Range(0, 20).Select(_ => (byte)('a' + dice.Next(26)))]);
        var noise = dice.Bytes(10 + dice.Next(30));
        noise[0] = (byte)(dice.Next(FirstBytes) * (256 / FirstBytes));
        var hex = Convert.ToHexStringLower(noise);
        return dice.Next(8) == 0 ? $"{hex}{{4-40}}{Convert.ToHexStringLower(dice.Bytes(8))}" : hex;
    }

    private static string Name(Dice dice, int number) => string.Create(CultureInfo.InvariantCulture, $"W.{dice.Next(100)}-{number}");
}
