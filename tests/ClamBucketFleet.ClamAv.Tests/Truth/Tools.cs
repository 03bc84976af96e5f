using ClamBucketFleet.TestKit;

namespace ClamBucketFleet.ClamAv.Tests.Truth;

/// <summary>What other people's programs make.</summary>
internal static class Tools
{
    /// <summary>An archive with one file; <c>{archive}</c> and <c>{file}</c> stand for their paths.</summary>
    public static byte[] Make(string program, byte[] content, params string[] arguments)
    {
        using var directory = new TemporaryDirectory();
        var file = directory.Write("eicar.com", content);
        var archive = directory.Combine("archive.bin");
        var line = arguments.Select(word => word.Replace("{archive}", archive, StringComparison.Ordinal).Replace("{file}", file, StringComparison.Ordinal));
        return Run(program, archive, [.. line]);
    }

    public static byte[] EncryptedPdf(byte[] plain)
    {
        using var directory = new TemporaryDirectory();
        var archive = directory.Combine("encrypted.pdf");
        return Run("qpdf", archive, "--warning-exit-0", "--encrypt", "secret", "owner", "256", "--", directory.Write("plain.pdf", plain), archive);
    }

    private static byte[] Run(string program, string archive, params string[] arguments)
    {
        var result = new Command(Command.Require(program), arguments).RunAsync(CancellationToken.None).GetAwaiter().GetResult();
        if (result.ExitCode != 0)
            throw new InvalidOperationException($"{program}: {result.Output}{result.Error}");
        // zip adds its own ending to a name without one.
        return File.ReadAllBytes(File.Exists(archive) ? archive : archive + ".zip");
    }
}
