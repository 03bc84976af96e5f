namespace ClamBucketFleet.TestKit;

/// <summary>
/// Small definitions of the tests' own, unsigned, so that every name comes back with <c>.UNOFFICIAL</c> behind it.
/// </summary>
public static class Definitions
{
    /// <summary>Where Debian's clamav-testfiles installs what <see cref="Write"/> makes both engines find.</summary>
    public const string TestFiles = "/usr/share/clamav-testfiles";

    /// <summary>What a scanner calls every file in <see cref="TestFiles"/>.</summary>
    public const string TestFileSignature = "ClamAV-Test-File.UNOFFICIAL";

    /// <summary>
    /// SHA-256 and length of <c>clam.exe</c>. All the other test files, the packed executables among them, unpack to
    /// exactly these bytes, so this one line finds all of them, and only where the engine really unpacks.
    /// </summary>
    private const string ClamExe = "71e7b604d18aefd839e51a39c88df8383bb4c071dc31f87f00a2b5df580d4495:544";

    /// <summary>EICAR anywhere in any file, and Debian's test files.</summary>
    public static void Write(string directory)
    {
        WriteSignature(directory, "Eicar-Test-Signature", Eicar.Bytes);
        File.WriteAllText(Path.Combine(directory, "testfiles.hsb"), $"{ClamExe}:ClamAV-Test-File\n");
    }

    /// <summary>These bytes anywhere in any file are found as <paramref name="name"/>.</summary>
    public static void WriteSignature(string directory, string name, ReadOnlySpan<byte> pattern)
    {
        const string AnyFile = "0", AnyOffset = "*";
        var line = $"{name}:{AnyFile}:{AnyOffset}:{Convert.ToHexStringLower(pattern)}\n";
        File.WriteAllText(Path.Combine(directory, $"{name}.ndb"), line);
    }
}
